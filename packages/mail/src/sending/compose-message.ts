import MailComposer from 'nodemailer/lib/mail-composer'
import { addressRefusal, headerRefusal } from '../header-text.ts'
import type { MailContent } from '../mail-content.ts'

export interface Sender {
  readonly name: string | undefined
  readonly address: string
}

export interface Message {
  readonly from: Sender
  readonly to: string
  /** With its angle brackets. */
  readonly messageId: string
  readonly date: Date
  readonly content: MailContent
  readonly attachment: { readonly fileName: string; readonly text: string }
}

/** Text that would break out of a header. Refused where it comes in; this is the last wall. */
export class UnsafeHeader extends Error {
  override readonly name = 'UnsafeHeader'
}

/** The message as it travels. The attachment keeps its bytes. @throws UnsafeHeader for an address, a name or a subject that cannot stand in a header */
export async function composeMessage({ from, to, messageId, date, content, attachment }: Message): Promise<Buffer> {
  const refusals = [
    addressRefusal(to),
    addressRefusal(from.address),
    ...[from.name ?? '', content.subject, messageId, attachment.fileName].map((text) => text && headerRefusal(text)),
  ]
  const refusal = refusals.find((refusal) => refusal !== undefined && refusal !== '')
  if (refusal !== undefined) throw new UnsafeHeader(refusal)
  return new MailComposer({
    // As objects: text would be parsed, and could name several.
    from: { name: from.name ?? '', address: from.address },
    to: { name: '', address: to },
    subject: content.subject,
    messageId,
    date,
    text: content.text,
    ...(content.html === undefined ? {} : { html: content.html }),
    headers: { 'Auto-Submitted': 'auto-generated', 'X-Auto-Response-Suppress': 'All' },
    attachments: [
      {
        filename: attachment.fileName,
        content: Buffer.from(attachment.text),
        // As text its line ends would be rewritten on the way.
        contentType: 'application/octet-stream',
        contentTransferEncoding: 'base64',
      },
    ],
    disableFileAccess: true,
    disableUrlAccess: true,
  })
    .compile()
    .build()
}
