import { copyFileSync, mkdirSync, readFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { acquireStack } from '@licenseoperator/stack'
import { startEmulator } from '@licenseoperator/stripe-emulator'
import { baseArchive } from './base-image.ts'
import { Buildah } from './buildah.ts'
import { type ComposeService, composeService } from './compose-file.ts'
import { registryMounts } from './registry-access.ts'
import { endAll } from './run.ts'
import { throwAwaySettings } from './throw-away-settings.ts'
import { ensureTools } from './tools.ts'
import { type Candidate, candidate, runJob, runService, tryEntryPoint } from './try-image.ts'

const repository = fileURLToPath(new URL('../../..', import.meta.url))
const services = ['cli', 'api', 'webhook-ingest'] as const
const stops: (() => Promise<void>)[] = []
const say = (line: string) => process.stdout.write(`images: ${line}\n`)

/** Does one thing and says what came of it and how long it took. */
async function step<T>(name: string, work: () => Promise<T>, show: (result: T) => string = () => 'ok'): Promise<T> {
  const start = performance.now()
  const result = await work()
  say(`${name}: ${show(result)} (${((performance.now() - start) / 1000).toFixed(1)} s)`)
  return result
}

/** The base that the Dockerfile names. @throws Error when its Node is not the one of node_modules, which stands in for it */
function baseTag(): string {
  const [tag = ''] = [
    ...readFileSync(join(repository, 'Dockerfile'), 'utf8').matchAll(/^FROM (node:(\d+)-bookworm-slim)\b/gm),
  ].map((m) => m[1])
  if (!tag.startsWith(`node:${process.versions.node.split('.')[0]}-`))
    throw new Error(`the Dockerfile is FROM ${tag}, this is Node ${process.versions.node}: run \`pnpm images\``)
  return `docker.io/library/${tag}`
}

async function build(buildah: Buildah): Promise<Record<(typeof services)[number], Candidate>> {
  const archive = await step('base', () => baseArchive(say), String)
  await step('import of the base', () => buildah.importBase(archive, baseTag()))
  const mounts = await registryMounts(buildah.scratch('registry'))
  const make = async (service: (typeof services)[number]) => {
    const tag = `localhost/licenseoperator-${service}`
    await step(`build of ${service}`, () => buildah.build(repository, { tag, arguments: { SERVICE: service }, mounts }))
    const one = await candidate(buildah, service, tag)
    await step(service, () => tryEntryPoint(buildah, one), String)
    return one
  }
  return { cli: await make('cli'), api: await make('api'), 'webhook-ingest': await make('webhook-ingest') }
}

/** Checks the example's configuration, then does what docker-compose.yml has our containers do, with a real MySQL and NATS. */
async function operate(buildah: Buildah, images: Record<(typeof services)[number], Candidate>): Promise<void> {
  const stack = await acquireStack({ log: say })
  stops.push(() => stack.stop())
  const emulator = await startEmulator()
  stops.push(() => emulator.stop())
  const { neighbours, settings } = await throwAwaySettings({ ...stack, stripe: emulator })

  const config = join(buildah.folder, 'config')
  mkdirSync(config, { mode: 0o755 })
  copyFileSync(join(repository, 'config/config.example.yaml'), join(config, 'config.yaml'))
  const mounts = [`${config}:/app/config:ro`]
  const fromCompose = async (name: string): Promise<ComposeService> => {
    const service = await composeService(join(repository, 'docker-compose.yml'), name, neighbours, freePort)
    return { ...service, environment: { ...settings, ...service.environment } }
  }

  const check = { command: ['config', 'check'], environment: { ...settings, ...neighbours } }
  await step('cli config check of the example', () => runJob(buildah, images.cli, check, mounts), String)
  const migrate = await fromCompose('migrate')
  await step(
    'compose: migrate',
    () => runJob(buildah, images.cli, migrate, mounts),
    (text) => `${text.length} characters`,
  )
  await step('compose: migrate again', () => runJob(buildah, images.cli, migrate, mounts))
  for (const name of ['api', 'webhook-ingest'] as const) {
    const service = await fromCompose(name)
    await step(`compose: ${name}`, () => runService(buildah, images[name], service, mounts), String)
  }
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer()
    server.once('error', reject)
    server.listen(0, '127.0.0.1', () => {
      const address = server.address()
      server.close(() => resolve(typeof address === 'object' && address !== null ? address.port : 0))
    })
  })
}

async function cleanUp(): Promise<void> {
  await endAll()
  for (const stop of stops.splice(0).reverse()) await stop()
}

for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.once(signal, () => {
    interrupted = true
    void cleanUp().then(() => process.exit(130))
  })
}
let interrupted = false
try {
  await ensureTools(say)
  const buildah = new Buildah()
  stops.push(() => buildah.close())
  await operate(buildah, await build(buildah))
  say('ok')
} catch (error) {
  if (!interrupted) say(`failed: ${error instanceof Error ? error.message : String(error)}`)
  process.exitCode = 1
} finally {
  if (!interrupted) await cleanUp()
}
