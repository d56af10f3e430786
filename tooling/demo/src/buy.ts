import { LicenseIssued } from '@licenseoperator/events'
import { AckPolicy, type Consumer, connect, DeliverPolicy, type NatsConnection } from 'nats'
import { z } from 'zod'
import type { Environment } from './environment.ts'

const CheckoutSession = z.object({ sessionId: z.string(), url: z.url() })

/** Test card that every purchase of the demo is paid with. */
const CARD = '4242424242424242'

/** Asks the API for a checkout session, as a storefront does. */
export async function startCheckout(
  environment: Environment,
  order: { lookupKey: string; managedProducts?: number },
): Promise<z.infer<typeof CheckoutSession>> {
  const response = await fetch(`${environment.apiUrl}/authlance/license/payments/api/v1/checkout-session`, {
    method: 'POST',
    headers: { authorization: `Bearer ${environment.memberToken}`, 'content-type': 'application/json' },
    body: JSON.stringify({
      ...order,
      organizationName: environment.group,
      organizationLongName: 'Acme Inc.',
      cookieDomain: '.acme.example',
    }),
  })
  if (response.status !== 200) throw new Error(`checkout-session answered ${response.status}: ${await response.text()}`)
  return CheckoutSession.parse(await response.json())
}

/** Fills in the form of the hosted page and submits it, as a browser without scripts does. */
export async function payOnHostedPage(url: string): Promise<string> {
  const page = await fetch(url)
  const html = await page.text()
  if (!page.ok || !/<form[^>]*method="post"/i.test(html))
    throw new Error(`the hosted page answered ${page.status} without a form`)
  const form = new URLSearchParams({
    email: 'ada@acme.example',
    name: 'Ada Lovelace',
    country: 'GB',
    postal_code: 'W1 1AA',
    card_number: CARD,
    expiry: '12 / 34',
    cvc: '123',
    method: 'card',
  })
  const paid = await fetch(url, { method: 'POST', body: form, redirect: 'manual' })
  const location = paid.headers.get('location')
  if (paid.status !== 303 || location === null) throw new Error(`paying answered ${paid.status}`)
  return location
}

/** A real durable consumer of the license-issued events, as the e-mail service has it. */
export class IssuedEvents {
  readonly #connection: NatsConnection
  readonly #consumer: Consumer

  private constructor(connection: NatsConnection, consumer: Consumer) {
    this.#connection = connection
    this.#consumer = consumer
  }

  static async subscribe(natsUrl: string, subject: string): Promise<IssuedEvents> {
    const connection = await connect({ servers: natsUrl, name: 'demo-consumer' })
    const manager = await connection.jetstreamManager()
    const stream = await manager.streams.find(subject)
    await manager.consumers.add(stream, {
      durable_name: 'demo',
      ack_policy: AckPolicy.Explicit,
      deliver_policy: DeliverPolicy.All,
      filter_subject: subject,
    })
    return new IssuedEvents(connection, await connection.jetstream().consumers.get(stream, 'demo'))
  }

  /** The next event. @throws Error when none comes in time */
  async next(timeoutMs: number): Promise<LicenseIssued> {
    const message = await this.#consumer.next({ expires: timeoutMs })
    if (message === null) throw new Error('no license-issued event arrived')
    await message.ackAck()
    return LicenseIssued.parse(message.json())
  }

  async close(): Promise<void> {
    await this.#connection.close()
  }
}

/** Downloads a license as its customer. */
export async function download(environment: Environment, licenseId: string): Promise<string> {
  const response = await fetch(`${environment.apiUrl}/authlance/license/${licenseId}`, {
    headers: { authorization: `Bearer ${environment.memberToken}` },
  })
  if (response.status !== 200) throw new Error(`download answered ${response.status}`)
  return response.text()
}
