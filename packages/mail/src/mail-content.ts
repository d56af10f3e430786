import { shown } from '@licenseoperator/domain'
import { headerRefusal } from './header-text.ts'
import { findTemplate, type MailKind } from './template/find-template.ts'
import { escapeHtml, renderTemplate, TemplateProblem } from './template/render-template.ts'
import type { TemplateValues } from './template/template-values.ts'

export interface MailContent {
  readonly subject: string
  readonly text: string
  /** Absent in the plain mail. */
  readonly html: string | undefined
}

export interface TemplateSettings {
  /** Folder of the vendor's own. */
  readonly templates: string | undefined
  readonly locale: string
  /** Told why a template was not used. */
  readonly onProblem: (problem: { template: string; reason: string }) => void
}

/**
 * The words of a mail. A template that cannot be rendered keeps nobody from their license: then the plain mail is sent, and `onProblem` names it.
 */
export async function mailContent(settings: TemplateSettings, kind: MailKind, values: TemplateValues): Promise<MailContent> {
  const problemWith = (template: string, error: unknown) => {
    if (!(error instanceof TemplateProblem)) throw error
    settings.onProblem({ template, reason: error.message })
    return plainMail(values)
  }
  let path = `${settings.locale}/${kind}`
  try {
    const text = await findTemplate(settings.templates, settings.locale, kind, 'txt')
    path = text.path
    const { subject, body } = readText(text.text, values)
    const html = await findTemplate(settings.templates, settings.locale, kind, 'html')
    path = html.path
    return { subject, text: body, html: renderTemplate(html.text, values, (value) => escapeHtml(oneLine(value))) }
  } catch (error) {
    return problemWith(path, error)
  }
}

/** The first line of a text is `Subject: …`, the rest behind an empty line the mail. */
function readText(template: string, values: TemplateValues): { subject: string; body: string } {
  const match = /^Subject:[^\S\n]*(?<subject>[^\n]*?)\r?\n\r?\n(?<body>.*)$/s.exec(template)?.groups
  if (match === undefined) throw new TemplateProblem('does not begin with a line "Subject: …" and an empty one')
  const subject = renderTemplate(match.subject ?? '', values, oneLine)
  const refusal = headerRefusal(subject)
  if (refusal !== undefined) throw new TemplateProblem(`its subject ${refusal}`)
  return { subject, body: renderTemplate(match.body ?? '', values, oneLine) }
}

/** Text that is only shown: no value begins a line that the template does not have. */
function oneLine(value: string): string {
  return shown(value, 512)
}

/** What needs no file. */
export function plainMail(values: TemplateValues): MailContent {
  const lines = [
    ['Product', values.product],
    ['License', values.licenseId],
    ['For', values.group],
    ['Plan', values.plan],
    ['Seats', values.seats],
    ['Domain', values.domain],
    ['Valid until', values.expires],
    ['Maintenance until', values.maintenanceUntil],
    ['Download', values.link],
  ].flatMap(([name, value]) => (value === undefined ? [] : [`${name}: ${oneLine(value)}`]))
  const subject = `Your license ${oneLine(values.licenseId ?? '')}`
  return { subject, text: `Your license is attached to this mail.\n\n${lines.join('\n')}\n`, html: undefined }
}
