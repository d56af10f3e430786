// Run in an empty folder with the packed @licenseoperator/stripe-emulator installed, by the oldest Node that it supports: a shop sells something, over
// HTTP only, with the command as the Stripe of another process and with the library's emulator in this one.
import { spawn } from 'node:child_process'
import { createHmac } from 'node:crypto'
import { once } from 'node:events'
import { createServer } from 'node:http'
import { createInterface } from 'node:readline'
import { createControlClient, startEmulator } from '@licenseoperator/stripe-emulator'

const secret = 'whsec_packed'
const events = []
const shop = createServer(async (request, response) => {
  const parts = []
  for await (const part of request) parts.push(part)
  events.push({ body: Buffer.concat(parts).toString(), signature: request.headers['stripe-signature'] })
  response.end()
})
await once(shop.listen(0, '127.0.0.1'), 'listening')
const webhook = `http://127.0.0.1:${shop.address().port}/`

const command = spawn('node_modules/.bin/stripe-emulator', ['--webhook', webhook, '--webhook-secret', secret])
command.stderr.pipe(process.stderr)
const [line] = await once(createInterface(command.stdout), 'line')
const { url, apiKey, controlToken } = JSON.parse(line)
await sell(url, apiKey, createControlClient(url, controlToken))
command.kill('SIGTERM')
const [code] = await once(command, 'exit')

const own = await startEmulator({ webhook: { url: webhook, secret } })
await sell(own.url, own.apiKey, own.control)
await own.stop()
shop.close()
console.log(`node ${process.version}: ${events.length} signed events`)
if (code !== 0) throw new Error(`the command ended with ${code}`)

/** A subscription is bought, renewed and given back. */
async function sell(base, key, control) {
  const before = events.length
  const session = await post('checkout/sessions', {
    mode: 'subscription',
    success_url: 'https://shop.example.com/thanks',
    'line_items[0][quantity]': '2',
    'line_items[0][price_data][currency]': 'eur',
    'line_items[0][price_data][unit_amount]': '1900',
    'line_items[0][price_data][recurring][interval]': 'month',
    'line_items[0][price_data][product_data][name]': 'Core',
  })
  const page = await (await fetch(session.url)).text()
  if (!page.includes('4242 4242 4242 4242')) throw new Error('the page lists no test card')
  const { outcome, session: paid } = await control.completeCheckout(session.id)
  if (outcome !== 'completed' || paid.amount_total !== 3800) throw new Error(`checkout: ${outcome}, ${paid.amount_total}`)
  const invoice = await control.renew(paid.subscription)
  if (invoice?.status !== 'paid') throw new Error(`renewal: ${invoice?.status}`)
  await control.waitIdle()
  const types = events.slice(before).map(typeOf)
  for (const type of ['checkout.session.completed', 'customer.subscription.created', 'invoice.paid'])
    if (!types.includes(type)) throw new Error(`no ${type} among ${types}`)

  async function post(path, form) {
    const response = await fetch(`${base}/v1/${path}`, {
      method: 'POST',
      headers: { authorization: `Bearer ${key}` },
      body: new URLSearchParams(form),
    })
    const answer = await response.json()
    if (!response.ok) throw new Error(answer.error.message)
    return answer
  }
}

/** Stripe's scheme: HMAC-SHA256 over `t.body`. */
function typeOf({ body, signature }) {
  const [, time, sent] = /^t=(\d+),v1=([0-9a-f]+)$/.exec(signature) ?? []
  if (createHmac('sha256', secret).update(`${time}.${body}`).digest('hex') !== sent)
    throw new Error(`wrong signature: ${signature}`)
  return JSON.parse(body).type
}
