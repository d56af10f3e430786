import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import Stripe from 'stripe'
import { type Emulator, type EmulatorOptions, startEmulator } from '../src/index.ts'

export interface Received {
  /** As verified by the SDK with the endpoint's secret; `null` when it refused. */
  event: Stripe.Event | null
  refusal: string | null
  body: string
  headers: Record<string, string>
}

/** An emulator, the real SDK pointed at it, and a webhook receiver that verifies with the SDK. */
export interface Shop {
  emulator: Emulator
  stripe: Stripe
  received: Received[]
  types(): string[]
  /** Answers the next webhooks with these statuses, then 200 again. */
  answerWith(...statuses: number[]): void
  oneTimePrice(amount?: number): Promise<Stripe.Price>
  monthlyPrice(amount?: number): Promise<Stripe.Price>
  checkout(
    params: Partial<Stripe.Checkout.SessionCreateParams> & { price: string; quantity?: number },
  ): Promise<Stripe.Checkout.Session>
  addEndpoint(params?: Partial<Stripe.WebhookEndpointCreateParams>): Promise<Stripe.WebhookEndpoint>
  close(): Promise<void>
}

export function clientOf(emulator: Emulator, options: { key?: string; retries?: number } = {}): Stripe {
  return new Stripe(options.key ?? emulator.apiKey, {
    host: '127.0.0.1',
    port: emulator.port,
    protocol: 'http',
    maxNetworkRetries: options.retries ?? 0,
  })
}

export async function openShop(options: EmulatorOptions = {}): Promise<Shop> {
  // Wrong requests are made here on purpose: they have no place in a record of what the product sends.
  const emulator = await startEmulator({ recordFile: '', ...options })
  const stripe = clientOf(emulator)
  const received: Received[] = []
  const secrets: string[] = []
  let statuses: number[] = []
  const server = createServer((request, response) => {
    let body = ''
    request.setEncoding('utf8')
    request.on('data', (chunk: string) => {
      body += chunk
    })
    request.on('end', () => {
      received.push({
        ...verify(stripe, body, String(request.headers['stripe-signature']), secrets),
        body,
        headers: flat(request.headers),
      })
      response.statusCode = statuses.shift() ?? 200
      response.end()
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/webhook`
  const addEndpoint: Shop['addEndpoint'] = async (params = {}) => {
    const endpoint = await stripe.webhookEndpoints.create({ url, enabled_events: ['*'], ...params })
    secrets.push(endpoint.secret ?? '')
    return endpoint
  }
  const price = async (recurring: Stripe.PriceCreateParams.Recurring | undefined, amount: number) => {
    const product = await stripe.products.create({ name: 'Alpha' })
    return stripe.prices.create({ product: product.id, currency: 'usd', unit_amount: amount, ...(recurring && { recurring }) })
  }
  return {
    emulator,
    stripe,
    received,
    types: () => received.map(({ event, refusal }) => event?.type ?? `refused: ${refusal}`),
    answerWith: (...next) => {
      statuses = next
    },
    oneTimePrice: (amount = 1000) => price(undefined, amount),
    monthlyPrice: (amount = 500) => price({ interval: 'month' }, amount),
    checkout: ({ price: id, quantity = 1, ...params }) =>
      stripe.checkout.sessions.create({
        mode: 'payment',
        success_url: 'http://shop.test/thanks?session={CHECKOUT_SESSION_ID}',
        line_items: [{ price: id, quantity }],
        ...params,
      }),
    addEndpoint,
    close: async () => {
      await emulator.stop()
      await closed(server)
    },
  }
}

function verify(
  stripe: Stripe,
  body: string,
  signature: string,
  secrets: readonly string[],
): Pick<Received, 'event' | 'refusal'> {
  let refusal = 'no endpoint'
  for (const secret of secrets) {
    try {
      return { event: stripe.webhooks.constructEvent(body, signature, secret), refusal: null }
    } catch (error) {
      refusal = error instanceof Error ? error.message : String(error)
    }
  }
  return { event: null, refusal }
}

function flat(headers: NodeJS.Dict<string | string[]>): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, String(value)]))
}

function closed(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve())
    server.closeAllConnections()
  })
}
