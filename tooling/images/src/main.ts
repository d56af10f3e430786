import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { baseArchive } from './base-image.ts'
import { Buildah } from './buildah.ts'
import { operate } from './operate.ts'
import { registryMounts } from './registry-access.ts'
import { endAll } from './run.ts'
import { ensureTools } from './tools.ts'
import { type Candidate, candidate, tryEntryPoint } from './try-image.ts'

const repository = fileURLToPath(new URL('../../..', import.meta.url))
const targets = ['cli', 'api', 'webhook-ingest', 'stripe-emulator']
const stops: (() => Promise<unknown>)[] = []
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

async function build(buildah: Buildah): Promise<Record<string, Candidate>> {
  const archive = await step('base', () => baseArchive(say), String)
  await step('import of the base', () => buildah.importBase(archive, baseTag()))
  const mounts = await registryMounts(buildah.scratch('registry'))
  const built: Record<string, string> = {}
  const make = async (target: string) => {
    const tag = `localhost/licenseoperator-${target}`
    await step(`build of ${target}`, () => buildah.build(repository, { tag, target, built, mounts }))
    return tag
  }
  // What the targets share is built once.
  for (const stage of ['bundles', 'runtime']) built[stage] = await make(stage)
  const images: Record<string, Candidate> = {}
  for (const target of targets) {
    const one = await candidate(buildah, target, await make(target))
    await step(target, () => tryEntryPoint(buildah, one), String)
    images[target] = one
  }
  return images
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
  const images = await build(buildah)
  await operate({ buildah, images, composeFile: join(repository, 'docker-compose.yml'), stops, say, step })
  say('ok')
} catch (error) {
  if (!interrupted) say(`failed: ${error instanceof Error ? error.message : String(error)}`)
  process.exitCode = 1
} finally {
  if (!interrupted) await cleanUp()
}
