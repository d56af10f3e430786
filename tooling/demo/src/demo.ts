import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { loadVerificationKey, verifyLicense } from '@licenseoperator/signing'
import { printedReleases } from './bundles.ts'
import { download, IssuedEvents, payOnHostedPage, startCheckout } from './buy.ts'
import { type Environment, freePort, startEnvironment } from './environment.ts'
import { runProcess, waitUntilReady } from './run-process.ts'
import { verifyWithOpenssl } from './verify-with-openssl.ts'

const SUBJECT = 'licenseoperator.license.issued'
const EVENT_MS = 30_000

interface Step {
  readonly name: string
  readonly ms: number
  readonly result: string
}

const steps: Step[] = []
/** --bundles: what `pnpm build` left as processes, instead of the sources. */
const { bundles } = parseArgs({ options: { bundles: { type: 'boolean', default: false } } }).values

/** Does one step, remembers how long it took and what it gave, and shows it. */
async function step<T>(name: string, work: () => Promise<T>, show: (result: T) => string): Promise<T> {
  const start = performance.now()
  const result = await work()
  const done = { name, ms: Math.round(performance.now() - start), result: show(result) }
  steps.push(done)
  return result
}

async function buy(
  environment: Environment,
  events: IssuedEvents,
  what: string,
  order: { lookupKey: string; managedProducts?: number },
) {
  const session = await step(
    `${what}: checkout session`,
    () => startCheckout(environment, order),
    (one) => one.sessionId,
  )
  await step(
    `${what}: pay on the hosted page`,
    () => payOnHostedPage(session.url),
    (location) => location,
  )
  const event = await step(
    `${what}: event on JetStream`,
    () => events.next(EVENT_MS),
    (one) => `${one.licenseId} ${one.reason}${one.seats === undefined ? '' : `, ${one.seats} seats`}`,
  )
  if (event.group !== environment.group) throw new Error(`the event names group ${event.group}`)
  const text = await step(
    `${what}: download the license`,
    () => download(environment, event.licenseId),
    (one) => `${one.length} bytes`,
  )
  await step(
    `${what}: verify offline`,
    async () => {
      const verdict = verifyLicense(text, loadVerificationKey(environment.publicKeyPem))
      if (verdict.status !== 'valid') throw new Error(`verdict ${verdict.status}: ${verdict.message}`)
      if (verdict.license.seats !== order.managedProducts)
        throw new Error(`the license has ${verdict.license.seats ?? 'no'} seats`)
      return verdict
    },
    (verdict) => `valid until ${verdict.license.expiresAt}`,
  )
  await step(
    `${what}: verify with openssl`,
    async () => {
      if (event.licenseText !== text) throw new Error('the event and the download differ')
      verifyWithOpenssl(event, environment.publicKeyFile, environment.folder)
    },
    () => 'Verified OK',
  )
}

/** Where they are bundled the page's files come from beside the bundle, and a missing one shows only when somebody asks for it. */
async function readReference({ apiUrl }: Pick<Environment, 'apiUrl'>): Promise<string> {
  const paths = ['openapi.json', 'docs', 'docs/start.js', 'docs/reference.js']
  const answers = await Promise.all(paths.map((path) => fetch(`${apiUrl}/authlance/license/${path}`)))
  for (const answer of answers) if (answer.status !== 200) throw new Error(`GET ${answer.url} answered ${answer.status}`)
  return `${answers.length} files`
}

/** The command of the operator bundles both services once more. */
async function serveInOne({ programs, env, folder }: Environment): Promise<string> {
  const port = await freePort()
  const { running, child } = runProcess({
    name: 'serve',
    script: programs.cli,
    args: ['serve'],
    env: { ...env, LICENSEOPERATOR_SERVER_ADDR: `127.0.0.1:${port}` },
    logFile: join(folder, 'serve.log'),
  })
  try {
    await waitUntilReady(running, child, `http://127.0.0.1:${port}/readyz`)
    return `ready, reference page ${await readReference({ apiUrl: `http://127.0.0.1:${port}` })}`
  } finally {
    await running.stop()
  }
}

async function demo(environment: Environment): Promise<void> {
  if (bundles) await step('versions', () => printedReleases(environment), String)
  await step('reference page', () => readReference(environment), String)
  const events = await IssuedEvents.subscribe(environment.stack.natsUrl, SUBJECT)
  try {
    await buy(environment, events, 'one-off', { lookupKey: 'core-one-off' })
    await buy(environment, events, 'subscription', { lookupKey: 'core', managedProducts: 5 })
    if (bundles) await step('serve: everything in one process', () => serveInOne(environment), String)
  } finally {
    await events.close()
  }
}

function table(): string {
  const width = Math.max(...steps.map((one) => one.name.length))
  return steps.map((one) => `  ${one.name.padEnd(width)}  ${String(one.ms).padStart(6)} ms  ${one.result}`).join('\n')
}

const say = (line: string) => process.stdout.write(`${line}\n`)
let environment: Environment | undefined
let interrupted = false
for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.once(signal, () => {
    interrupted = true
    void (environment?.stop() ?? Promise.resolve()).then(() => process.exit(130))
  })
}
try {
  environment = await step(
    'set up',
    () => startEnvironment(say, { bundles }),
    (started) => `api ${started.apiUrl}, Stripe emulator ${started.emulatorUrl}`,
  )
  await demo(environment)
  say(`\n${table()}\n\ndemo${bundles ? ' of the bundles' : ''}: ok, stack provider ${environment.stack.provider}`)
} catch (error) {
  if (!interrupted) {
    if (steps.length > 0) say(`\n${table()}`)
    say(`\ndemo: failed after ${steps.length} steps: ${error instanceof Error ? error.message : 'unknown error'}`)
    process.exitCode = 1
  }
} finally {
  if (!interrupted) await environment?.stop()
}
