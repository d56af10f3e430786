import type { AddressInfo } from 'node:net'
import { type HttpBindings, serve } from '@hono/node-server'
import { Hono } from 'hono'
import type { EmulatorControl } from './control/control-api.ts'
import { createControlClient } from './control/control-client.ts'
import { controlRoutes } from './control/control-routes.ts'
import { loadFrom, saveTo } from './control/snapshot.ts'
import { createClock } from './core/clock.ts'
import type { Emulation } from './core/emulation.ts'
import { createFaultPlan } from './core/faults.ts'
import { createIdempotencyKeys } from './core/idempotency.ts'
import { createIds } from './core/ids.ts'
import { patchSettings, type SettingsPatch } from './core/patch-settings.ts'
import { createRateLimit } from './core/rate-limit.ts'
import { defaultSettings } from './core/settings.ts'
import { createStore } from './core/store.ts'
import { createTrafficLog } from './core/traffic.ts'
import { checkoutRoutes } from './pages/checkout-routes.ts'
import { documentRoutes } from './pages/document-routes.ts'
import { portalRoutes } from './pages/portal-routes.ts'
import { stateRoutes } from './pages/state-routes.ts'
import { addWebhookEndpoint } from './resources/webhook-endpoints.ts'
import { handleRequest } from './server/handle-request.ts'
import { createDeliveryEngine } from './webhooks/deliver.ts'

export interface EmulatorOptions {
  /** Default 0: a free port. */
  port?: number
  /** Where it listens; default 127.0.0.1. A container needs 0.0.0.0. */
  host?: string
  /** Where a browser reaches its pages; default `http://127.0.0.1:PORT`. */
  publicUrl?: string
  /** Hosts that webhooks may be sent to, beside this machine. */
  webhookHosts?: string[]
  /** Accepted API keys, `sk_test_…` or `rk_test_…`; default one made up. */
  apiKeys?: string[]
  /** Default made up. */
  controlToken?: string
  /** Every request and event is appended to this file as JSON lines; default `STRIPE_EMULATOR_RECORD`, `''` for none. */
  recordFile?: string
  settings?: SettingsPatch
  /** Makes ids repeatable. */
  seed?: string
  /** Objects, settings and the clock are kept in this file, and read from it at the start. Not together with `seed`, whose ids would come a second time. */
  storeFile?: string
  /** An endpoint for all events, made at the start. One with this URL that the store file holds is taken instead, with the given secret if there is one. */
  webhook?: { url: string; secret?: string }
}

export interface Emulator {
  /** `http://127.0.0.1:PORT`, or the `publicUrl` that was given. */
  url: string
  port: number
  apiKey: string
  controlToken: string
  /** What the endpoint of `webhook` signs with. */
  webhookSecret: string | undefined
  control: EmulatorControl
  stop(): Promise<void>
}

/**
 * Starts a Stripe on 127.0.0.1, or on `host`.
 *
 * @throws Error for a live key, for a webhook URL that is not of this machine, and when the port is taken
 */
export async function startEmulator(options: EmulatorOptions = {}): Promise<Emulator> {
  if (options.seed !== undefined && options.storeFile !== undefined) throw new Error('a seed and a store file exclude each other')
  const ids = createIds(options.seed)
  const apiKeys = options.apiKeys ?? [ids.next('sk_test_', 32)]
  const [apiKey] = apiKeys
  if (apiKey === undefined) throw new Error('the emulator needs at least one API key')
  if (apiKeys.some((key) => !/^(sk|rk)_test_/.test(key)))
    throw new Error('the emulator takes test keys only (sk_test_…, rk_test_…)')
  const controlToken = options.controlToken ?? ids.next('control_', 32)
  let url = ''
  const clock = createClock()
  const store = createStore()
  const settings = { current: patchSettings(defaultSettings(), options.settings ?? {}) }
  const emulation: Emulation = {
    apiKeys,
    controlToken,
    clock,
    ids,
    store,
    settings,
    engine: createDeliveryEngine({ clock, ids, store, settings }),
    faults: createFaultPlan(),
    rateLimit: createRateLimit(settings),
    idempotency: createIdempotencyKeys(clock),
    traffic: createTrafficLog(options.recordFile ?? process.env.STRIPE_EMULATOR_RECORD),
    origin: () => url,
    webhookHosts: options.webhookHosts ?? [],
  }
  const { storeFile } = options
  if (storeFile !== undefined) loadFrom(storeFile, emulation)
  const webhookSecret = options.webhook === undefined ? undefined : openWebhook(emulation, options.webhook)
  const { server, port } = await listen(createApp(emulation, storeFile), options.host ?? '127.0.0.1', options.port ?? 0)
  const here = `http://127.0.0.1:${port}`
  url = options.publicUrl === undefined ? here : originOf(options.publicUrl)
  return {
    url,
    port,
    apiKey,
    controlToken,
    webhookSecret,
    control: createControlClient(here, controlToken),
    stop: () =>
      new Promise((resolve) => {
        if (storeFile !== undefined) saveTo(storeFile, emulation)
        emulation.engine.clear()
        clock.clear()
        server.close(() => resolve())
        if ('closeAllConnections' in server) server.closeAllConnections()
      }),
  }
}

/** All addresses of the emulator: the API, the pages, the control calls. */
function createApp(emulation: Emulation, storeFile?: string): Hono<{ Bindings: HttpBindings }> {
  const app = new Hono<{ Bindings: HttpBindings }>()
  if (storeFile !== undefined)
    app.use(async (c, next) => {
      await next()
      if (c.req.method !== 'GET') saveTo(storeFile, emulation)
    })
  app.route('/_emulator/page', stateRoutes(emulation))
  app.route('/_emulator', controlRoutes(emulation))
  app.route('/c/pay', checkoutRoutes(emulation))
  app.route('/p', portalRoutes(emulation))
  app.route('/', documentRoutes(emulation))
  // Everything else is the API: what it does not know gets Stripe's own 404.
  app.all('*', (c) => handleRequest(emulation, c))
  return app
}

/** @returns the secret that the endpoint signs with */
function openWebhook(emulation: Emulation, { url, secret }: { url: string; secret?: string }): string {
  const known = emulation.store.webhookEndpoints.all().find(({ endpoint }) => endpoint.url === url)
  const stored = known ?? addWebhookEndpoint(emulation, { url, enabled_events: ['*'] })
  if (secret !== undefined) stored.secret = secret
  return stored.secret
}

/** @throws Error for what is no http(s) address */
function originOf(url: string): string {
  if (!/^https?:\/\//.test(url) || !URL.canParse(url)) throw new Error(`not an http(s) URL: ${url}`)
  return new URL(url).origin
}

function listen(
  app: Hono<{ Bindings: HttpBindings }>,
  hostname: string,
  port: number,
): Promise<{ server: ReturnType<typeof serve>; port: number }> {
  return new Promise((resolve, reject) => {
    const server = serve({ fetch: app.fetch, hostname, port }, (info: AddressInfo) => resolve({ server, port: info.port }))
    server.once('error', reject)
  })
}
