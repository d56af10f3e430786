import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { Stripe } from 'stripe'
import { afterEach, expect, test } from 'vitest'
import { createControlClient } from '../src/index.ts'

const main = fileURLToPath(new URL('../src/main.ts', import.meta.url))

const started: ChildProcess[] = []
afterEach(() => {
  for (const child of started.splice(0)) child.kill('SIGKILL')
})

function start(...args: string[]): ChildProcess {
  const child = spawn(process.execPath, [main, ...args], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, STRIPE_EMULATOR_RECORD: '' },
  })
  started.push(child)
  return child
}

async function firstLine(child: ChildProcess): Promise<string> {
  if (child.stdout === null) throw new Error('no stdout')
  const [line] = await once(createInterface(child.stdout), 'line')
  return String(line)
}

test('as a process it prints one line with its address and keys, and ends on SIGTERM', async () => {
  const child = start('--key', 'sk_test_given')
  const { url, apiKey, controlToken } = JSON.parse(await firstLine(child))
  expect(apiKey).toBe('sk_test_given')
  expect(new URL(url).hostname).toBe('127.0.0.1')
  expect(await createControlClient(url, controlToken).events()).toEqual([])
  child.kill('SIGTERM')
  expect(await once(child, 'exit')).toEqual([0, null])
})

test('a taken port and a live key are one clear line and a non-zero exit', async () => {
  const first = start()
  const { port } = JSON.parse(await firstLine(first))
  for (const [args, message] of [
    [['--port', String(port)], /EADDRINUSE/],
    [['--key', 'sk_live_x'], /test keys only/],
  ] as const) {
    const second = start(...args)
    let error = ''
    second.stderr?.on('data', (chunk) => {
      error += chunk
    })
    expect((await once(second, 'close'))[0]).toBe(1)
    expect(error).toMatch(message)
  }
  first.kill('SIGTERM')
  await once(first, 'exit')
})

test('--help and --version answer and end; what is mistyped is refused by its name with exit code 64', async () => {
  expect(await ended(start('--help'))).toMatchObject({ code: 0, out: expect.stringContaining('--webhook-secret SECRET') })
  const { version: released } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8'))
  expect(await ended(start('--version'))).toMatchObject({ code: 0, out: `${released}\n` })
  for (const [args, message] of [
    [['--prot', '1'], '--prot'],
    [['--port', '70000'], 'not a port: 70000'],
    [['--port', ''], 'not a port'],
    [['--webhook-secret', 'whsec_x'], 'needs --webhook'],
    [['12111'], '12111'],
  ] as const)
    expect(await ended(start(...args))).toMatchObject({ code: 64, out: '', error: expect.stringContaining(message) })
})

test('--webhook sends every event there, signed with the given secret or one that is printed; a store file keeps it', async () => {
  await using shop = await aReceiver()
  const storeFile = join(mkdtempSync(join(tmpdir(), 'stripe-emulator-')), 'store')
  const first = start('--webhook', shop.url, '--store', storeFile)
  const made = JSON.parse(await firstLine(first))
  await addProduct(made)
  expect(shop.received.map((request) => typeOf(request, made.webhookSecret))).toEqual(['product.created'])
  first.kill('SIGTERM')
  await once(first, 'exit')

  const second = start('--webhook', shop.url, '--store', storeFile)
  const again = JSON.parse(await firstLine(second))
  expect(again.webhookSecret).toBe(made.webhookSecret)
  second.kill('SIGTERM')
  await once(second, 'exit')

  const given = JSON.parse(await firstLine(start('--webhook', shop.url, '--webhook-secret', 'whsec_given', '--store', storeFile)))
  expect(given.webhookSecret).toBe('whsec_given')
  await addProduct(given)
  expect(shop.received.slice(1).map((request) => typeOf(request, 'whsec_given'))).toEqual(['product.created'])
})

test('a webhook URL of another machine is refused before anything listens', async () => {
  expect(await ended(start('--webhook', 'https://shop.example.com/'))).toMatchObject({
    code: 1,
    out: '',
    error: expect.stringContaining('only to http(s) addresses of this machine'),
  })
})

interface Received {
  body: string
  signature: string
}

async function aReceiver(): Promise<{ url: string; received: Received[] } & AsyncDisposable> {
  const received: Received[] = []
  const server = createServer((request, response) => {
    const parts: Buffer[] = []
    request.on('data', (part) => parts.push(part))
    request.on('end', () => {
      received.push({ body: Buffer.concat(parts).toString(), signature: String(request.headers['stripe-signature']) })
      response.end()
    })
  })
  await once(server.listen(0, '127.0.0.1'), 'listening')
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('no port')
  return {
    url: `http://127.0.0.1:${address.port}/webhook`,
    received,
    [Symbol.asyncDispose]: async () => void (await once(server.close(), 'close')),
  }
}

/** One change, and its webhooks answered. */
async function addProduct({ url, apiKey, controlToken }: { url: string; apiKey: string; controlToken: string }): Promise<void> {
  const { hostname, port } = new URL(url)
  await new Stripe(apiKey, { host: hostname, port: Number(port), protocol: 'http' }).products.create({ name: 'Core' })
  await createControlClient(url, controlToken).waitIdle()
}

/** @throws for a signature by another secret */
function typeOf({ body, signature }: Received, secret: string): string {
  return Stripe.webhooks.constructEvent(body, signature, secret).type
}

async function ended(child: ChildProcess): Promise<{ code: unknown; out: string; error: string }> {
  const said = { out: '', error: '' }
  child.stdout?.on('data', (chunk) => {
    said.out += chunk
  })
  child.stderr?.on('data', (chunk) => {
    said.error += chunk
  })
  return { code: (await once(child, 'close'))[0], ...said }
}

test('in a container it listens where it is told, names its pages by a public address and takes its secrets from files', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'stripe-emulator-'))
  const secrets = {
    stripe_api_key: 'sk_test_of_a_file',
    stripe_webhook_secret: 'whsec_of_a_file',
    control_token: 'token_of_a_file',
  }
  expect(await ended(start('--secrets', folder))).toMatchObject({ code: 64, error: expect.stringContaining('stripe_api_key') })
  for (const [name, text] of Object.entries(secrets)) writeFileSync(join(folder, name), `${text}\n`)
  expect(await ended(start('--secrets', folder, '--token', 'x'))).toMatchObject({ code: 64 })

  const options = ['--host', '0.0.0.0', '--public-url', 'https://stripe.example/', '--secrets', folder]
  const webhook = ['--webhook', 'http://webhook-ingest:8083/webhook']
  expect(await ended(start(...options, ...webhook))).toMatchObject({ code: 1, error: expect.stringContaining('loopback') })
  const line = JSON.parse(await firstLine(start(...options, ...webhook, '--webhook-host', 'webhook-ingest')))
  expect(line).toMatchObject({
    url: 'https://stripe.example',
    apiKey: 'sk_test_of_a_file',
    webhookSecret: 'whsec_of_a_file',
    controlToken: 'token_of_a_file',
  })
  const stripe = new Stripe('sk_test_of_a_file', { host: '127.0.0.1', port: line.port, protocol: 'http' })
  const elsewhere = { url: 'http://other:8083/webhook', enabled_events: ['*' as const] }
  await expect(stripe.webhookEndpoints.create(elsewhere)).rejects.toThrow('loopback')
  const session = await stripe.checkout.sessions.create({
    mode: 'payment',
    success_url: 'https://shop.example',
    line_items: [{ quantity: 1, price_data: { currency: 'usd', unit_amount: 100, product_data: { name: 'Core' } } }],
  })
  expect(session.url).toBe(`https://stripe.example/c/pay/${session.id}`)
})
