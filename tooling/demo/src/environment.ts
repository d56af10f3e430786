import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { mintToken } from '@licenseoperator/http'
import { generateSigningKey } from '@licenseoperator/signing'
import { acquireStack, type Stack } from '@licenseoperator/stack'
import { createControlClient, type EmulatorControl } from '@licenseoperator/stripe-emulator'
import { stringify } from 'yaml'
import { z } from 'zod'
import { copyBundles, type Programs } from './bundles.ts'
import { demoCatalog } from './catalog.ts'
import { configuration, withSettings } from './environment-configuration.ts'
import { type RunningProcess, runProcess, runToEnd, waitUntilReady } from './run-process.ts'

/** Everything a purchase needs, running: stack, Stripe emulator, api and webhook-ingest as processes of their own. */
export interface Environment {
  readonly stack: Stack
  readonly apiUrl: string
  readonly ingestUrl: string
  readonly emulatorUrl: string
  readonly control: EmulatorControl
  /** What the emulator's page and control API ask for. */
  readonly controlToken: string
  readonly programs: Programs
  /** For every command of the operator. */
  readonly env: Readonly<Record<string, string | undefined>>
  readonly publicKeyPem: string
  readonly publicKeyFile: string
  readonly folder: string
  readonly group: string
  /** A member's token, as the storefront has it. */
  readonly memberToken: string
  readonly adminToken: string
  /** A member of one group with an identity of their own, as another customer has it. */
  tokenOf(identity: string, group: string): Promise<string>
  readonly processes: readonly RunningProcess[]
  /** Starts one more process of the ingest, e.g. one role alone, with the environment's configuration under the given variables. */
  startIngest(name: string, roles: readonly string[], variables: Readonly<Record<string, string>>): Promise<RunningProcess>
  /** Starts one more process of the api under the given variables; settles when it is ready. */
  startApi(name: string, variables: Readonly<Record<string, string>>): Promise<RunningProcess>
  stop(): Promise<void>
}

export interface EnvironmentOptions {
  /** false: the caller starts the roles of webhook-ingest itself. */
  readonly ingest?: boolean
  /** false: the caller starts the api itself. */
  readonly api?: boolean
  /** true: runs what `pnpm build` left, from a copy away from the repository, instead of the sources. */
  readonly bundles?: boolean
  /** Products of the configuration file; default the demo's. */
  readonly products?: readonly object[]
  /** Where the services listen; a free port for each that is not named. */
  readonly ports?: Partial<Record<'api' | 'ingest' | 'emulator' | 'mysql' | 'nats', number>>
  /** Added to the configuration, section by section. */
  readonly settings?: Readonly<Record<string, object>>
  /** true: the services end when this process has ended, however it did. */
  readonly endsWithUs?: boolean
  /** What the Stripe emulator makes its ids from; random when absent or when the stack keeps what another run has made. */
  readonly emulatorSeed?: string
  /** Told of the emulator before anything is asked of it. */
  readonly onEmulator?: (emulator: EmulatorAddress) => Promise<void>
}

const at = (path: string) => fileURLToPath(new URL(`../../../${path}`, import.meta.url))
export const CLI = at('services/cli/src/main.ts')
export const API = at('services/api/src/main.ts')
export const INGEST = at('services/webhook-ingest/src/main.ts')
const sources: Programs = { cli: CLI, api: API, ingest: INGEST, variables: {} }

const EmulatorAddress = z.object({ url: z.url(), apiKey: z.string(), controlToken: z.string() })
export type EmulatorAddress = z.infer<typeof EmulatorAddress>
const EnsuredWebhook = z.object({ secret: z.string() })

/**
 * Starts everything with a throw-away configuration and keys.
 *
 * @param say  progress, a line at a time
 */
export async function startEnvironment(say: (line: string) => void, options: EnvironmentOptions = {}): Promise<Environment> {
  const folder = mkdtempSync(join(tmpdir(), 'licenseoperator-demo-'))
  const stops: (() => Promise<void>)[] = [async () => rmSync(folder, { recursive: true, force: true })]
  const stop = async () => {
    for (const one of stops.splice(0).reverse()) await one()
  }
  try {
    const programs = options.bundles === true ? copyBundles(folder) : sources
    const stack = await acquireStack({
      log: (line) => say(`stack: ${line}`),
      ...(options.ports === undefined ? {} : { ports: options.ports }),
    })
    stops.push(() => stack.stop())
    say(`stack: provider=${stack.provider} (${stack.providerDetail})`)
    return await startServices({ stack, folder, programs, say, stops, stop, options })
  } catch (error) {
    await stop()
    throw error
  }
}

async function startServices(started: {
  stack: Stack
  folder: string
  programs: Programs
  say: (line: string) => void
  stops: (() => Promise<void>)[]
  stop: () => Promise<void>
  options: EnvironmentOptions
}): Promise<Environment> {
  const { stack, folder, programs, say, stops, stop, options } = started
  const processes: RunningProcess[] = []
  const start = (name: string, script: string, args: readonly string[], env: Readonly<Record<string, string | undefined>>) => {
    const logFile = join(folder, `${name}.log`)
    const { running, child } = runProcess({ name, script, args, env, logFile, endsWithUs: options.endsWithUs === true })
    processes.push(running)
    stops.push(() => running.stop())
    return { running, child }
  }
  // Ids that a store has seen before would be taken for events that came twice.
  const seed = stack.provider === 'environment' ? undefined : options.emulatorSeed
  const emulator = await startEmulatorProcess(start, options.ports?.emulator ?? 0, seed)
  await options.onEmulator?.(emulator)
  const key = await generateSigningKey({ modulusLength: 2048 })
  const publicKeyFile = join(folder, 'demo.pub.pem')
  writeFileSync(publicKeyFile, key.publicKeyPem)
  const apiPort = options.ports?.api ?? (await freePort())
  const ingestPort = options.ports?.ingest ?? (await freePort())
  const [apiUrl, ingestUrl] = [`http://127.0.0.1:${apiPort}`, `http://127.0.0.1:${ingestPort}`]
  const config = join(folder, 'config.yaml')
  const jwtSecret = crypto.randomUUID() + crypto.randomUUID()
  const env: Record<string, string | undefined> = { ...withoutOurs(process.env), ...programs.variables, CONFIG_FILE: config }
  const write = (webhookSecret: string) =>
    writeFileSync(
      config,
      stringify(
        withSettings(
          configuration({
            ...{ stack, key, apiPort, ingestPort, apiUrl, emulator, webhookSecret, jwtSecret },
            products: options.products ?? demoCatalog,
          }),
          options.settings,
        ),
      ),
      { mode: 0o600 },
    )
  write('whsec_not_known_yet')

  say('database, catalog and webhook endpoint')
  await runToEnd(programs.cli, ['db', 'migrate'], env)
  await runToEnd(programs.cli, ['stripe', 'sync-products'], env)
  const ensured = await runToEnd(programs.cli, ['stripe', 'ensure-webhook', '--public-url', ingestUrl, '--json'], env)
  write(EnsuredWebhook.parse(JSON.parse(ensured)).secret)

  say('api and webhook-ingest')
  const startApi = async (name: string, variables: Readonly<Record<string, string>>) => {
    const { running, child } = start(name, programs.api, [], { ...env, ...variables })
    const port = variables.LICENSEOPERATOR_SERVER_ADDR?.split(':').at(-1) ?? apiPort
    await waitUntilReady(running, child, `http://127.0.0.1:${port}/readyz`)
    return running
  }
  const startIngest = async (name: string, roles: readonly string[], variables: Readonly<Record<string, string>>) => {
    const args = roles.flatMap((role) => ['--role', role])
    const { running, child } = start(name, programs.ingest, args, { ...env, ...variables })
    const port = variables.LICENSEOPERATOR_INGEST_ADDR?.split(':').at(-1) ?? ingestPort
    await waitUntilReady(running, child, `http://127.0.0.1:${port}/healthz`)
    return running
  }
  await Promise.all([
    ...(options.api === false ? [] : [startApi('api', {})]),
    ...(options.ingest === false ? [] : [startIngest('webhook-ingest', [], {})]),
  ])
  const group = 'acme'
  const mint = async (...args: string[]) => (await runToEnd(programs.cli, ['token', 'mint', ...args], env)).trim()
  return {
    stack,
    programs,
    apiUrl,
    ingestUrl,
    emulatorUrl: emulator.url,
    control: createControlClient(emulator.url, emulator.controlToken),
    controlToken: emulator.controlToken,
    env,
    publicKeyPem: key.publicKeyPem,
    publicKeyFile,
    folder,
    group,
    memberToken: await mint('--identity', 'ada', '--email', 'ada@acme.example', '--group', group),
    adminToken: await mint('--identity', 'operator'),
    tokenOf: (identity, group) =>
      mintToken({
        secret: jwtSecret,
        ttlMs: 2 * 3_600_000,
        identity,
        email: `${identity}@${group}.example`,
        roles: [],
        groups: [group],
      }),
    processes,
    startIngest,
    startApi,
    stop,
  }
}

type Start = (
  name: string,
  script: string,
  args: readonly string[],
  env: Readonly<Record<string, string | undefined>>,
) => ReturnType<typeof runProcess>

/** The emulator says where it listens in its first line. */
async function startEmulatorProcess(start: Start, port: number, seed: string | undefined): Promise<EmulatorAddress> {
  const { child, running } = start(
    'stripe-emulator',
    at('tooling/stripe-emulator/src/main.ts'),
    ['--port', String(port), ...(seed === undefined ? [] : ['--seed', seed])],
    withoutOurs(process.env),
  )
  const line = await new Promise<string>((resolve, reject) => {
    let text = ''
    child.stdout?.on('data', (chunk: Buffer) => {
      text += chunk.toString()
      if (text.includes('\n')) resolve(text.slice(0, text.indexOf('\n')))
    })
    child.once('exit', () => reject(new Error(`the Stripe emulator did not start; its log is ${running.logFile}`)))
  })
  return EmulatorAddress.parse(JSON.parse(line))
}

/** Whatever the caller's shell configures must not leak into a throw-away environment. */
function withoutOurs(env: NodeJS.ProcessEnv): Record<string, string | undefined> {
  return Object.fromEntries(
    Object.entries(env).filter(([name]) => !name.startsWith('LICENSEOPERATOR_') && name !== 'CONFIG_FILE'),
  )
}

export function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer()
    server.once('error', reject)
    server.listen(0, '127.0.0.1', () => {
      const address = server.address()
      server.close(() => resolve(typeof address === 'object' && address !== null ? address.port : 0))
    })
  })
}
