import { anSmtpServer } from '@licenseoperator/mail/testing'
import { createKeyRing, loadVerificationKey, verifyLicense } from '@licenseoperator/signing'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { payOnHostedPage, startCheckout } from './buy.ts'
import { type Environment, startEnvironment } from './environment.ts'

// Processes as they are started for real, from the order to the mail in the buyer's hands.

let smtp: Awaited<ReturnType<typeof anSmtpServer>>
let environment: Environment
beforeAll(async () => {
  smtp = await anSmtpServer()
  environment = await startEnvironment(() => undefined, { ingest: false })
  await environment.startIngest('webhook-ingest', [], {
    LICENSEOPERATOR_MAIL_HOST: '127.0.0.1',
    LICENSEOPERATOR_MAIL_PORT: String(smtp.port),
    LICENSEOPERATOR_MAIL_SECURE: 'none',
    LICENSEOPERATOR_MAIL_FROM: 'License Desk <licenses@vendor.test>',
    LICENSEOPERATOR_MAIL_LINK_BASE_URL: environment.apiUrl,
  })
}, 120_000)
afterAll(async () => {
  await environment.stop()
  await smtp.stop()
})

test.each([{ lookupKey: 'core-one-off' }, { lookupKey: 'core', managedProducts: 5 }])(
  '$lookupKey: paid, the storefront learns of the license, the mail has it, and its link opens it',
  async (order) => {
    const before = smtp.received.length
    const { sessionId, url } = await startCheckout(environment, order)
    const state = async () => {
      const path = `${environment.apiUrl}/authlance/license/payments/api/v1/checkout-sessions/${sessionId}`
      return (await fetch(path, { headers: { authorization: `Bearer ${environment.memberToken}` } })).json()
    }
    expect(await state()).toEqual({ sessionId, status: 'open' })
    await payOnHostedPage(url)
    await vi.waitFor(async () => expect(await state()).toMatchObject({ status: 'complete' }), { timeout: 30_000, interval: 200 })
    const { licenseId } = await state()

    await vi.waitFor(() => expect(smtp.received).toHaveLength(before + 1), { timeout: 30_000, interval: 100 })
    const [mail] = smtp.received.slice(before)
    expect(mail?.to).toBe('ada@acme.example')
    // Quoted-printable folds lines.
    const raw = mail?.raw.replaceAll('=\r\n', '') ?? ''
    const attached = /filename=(?<name>\S+)\r\n\r\n(?<body>[A-Za-z0-9+/=\r\n]+?)\r\n--/.exec(mail?.raw ?? '')?.groups
    expect(attached?.name).toBe(`${licenseId}.lic`)
    const keys = createKeyRing([{ key: loadVerificationKey(environment.publicKeyPem), state: 'active' }])
    const text = Buffer.from(attached?.body ?? '', 'base64').toString()
    expect(verifyLicense(text, keys)).toMatchObject({ status: 'valid', license: { licenseId } })

    const link = /https?:\/\/[\w.:]+\/authlance\/license\/l\/[\w.-]+/.exec(raw)?.[0] ?? ''
    const page = await fetch(link)
    expect([page.status, page.headers.get('content-type')]).toEqual([200, 'text/html; charset=UTF-8'])
    expect(await page.text()).toContain(licenseId)
    expect(await (await fetch(`${link}/file`)).text()).toBe(text)
  },
  90_000,
)
