import { setTimeout as sleep } from 'node:timers/promises'
import { payOnHostedPage } from '@licenseoperator/demo'
import { loadVerificationKey, verifyLicense } from '@licenseoperator/signing'
import { z } from 'zod'

const CheckoutSession = z.object({ sessionId: z.string(), url: z.url() })
const LicensePage = z.object({ items: z.array(z.object({ licenseId: z.string() })) })
const LICENSE_MS = 30_000

export interface Shop {
  readonly apiUrl: string
  /** Of a member of `group`. */
  readonly token: string
  readonly group: string
  /** Slug of what is bought. */
  readonly product: string
  readonly publicKeyPem: string
}

/** A customer's way: checkout, payment on the hosted page, download, and a license that verifies. @returns what came of it */
export async function purchase({ apiUrl, token, group, product, publicKeyPem }: Shop): Promise<string> {
  const ask = async (path: string, body?: object) => {
    const response = await fetch(`${apiUrl}/authlance/license/${path}`, {
      headers: { authorization: `Bearer ${token}`, ...(body && { 'content-type': 'application/json' }) },
      ...(body && { method: 'POST', body: JSON.stringify(body) }),
    })
    const text = await response.text()
    if (response.status !== 200) throw new Error(`${path} answered ${response.status}: ${text}`)
    return text
  }
  const order = { lookupKey: product, organizationName: group, cookieDomain: `.${group}.example` }
  const session = CheckoutSession.parse(JSON.parse(await ask('payments/api/v1/checkout-session', order)))
  await payOnHostedPage(session.url)
  const licenseId = await firstLicense(() => ask(`groups/${group}/licenses`))
  const verdict = verifyLicense(await ask(licenseId), loadVerificationKey(publicKeyPem))
  if (verdict.status !== 'valid') throw new Error(`${licenseId}: ${verdict.status}: ${verdict.message}`)
  return `${session.sessionId} paid, ${licenseId} valid until ${verdict.license.expiresAt}`
}

/** The webhook is still on its way when the page says thank you. */
async function firstLicense(list: () => Promise<string>): Promise<string> {
  for (const deadline = Date.now() + LICENSE_MS; ; await sleep(200)) {
    const [license] = LicensePage.parse(JSON.parse(await list())).items
    if (license !== undefined) return license.licenseId
    if (Date.now() > deadline) throw new Error('paid, and no license came')
  }
}
