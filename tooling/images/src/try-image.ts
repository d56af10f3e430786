import type { Buildah, ImageConfig } from './buildah.ts'
import type { ComposeService } from './compose-file.ts'
import { leafProcess } from './leaf-process.ts'
import type { Ended } from './run.ts'

const EX_CONFIG = 78
const HEALTHY_MS = 60_000
// buildah now and then loses what a short command printed, so every verdict is an exit code and never an output.
/** What must have stayed behind: sources, their packages, and how the registry was reached. */
const NO_STRAYS = `found=$(find / -xdev \\( -name '*.ts' -o -name '.npmrc' -size +0 -o -path '/app/*node_modules' \\) -not -path '/usr/local/lib/node_modules/npm/*')
[ -z "$found" ] || { echo "$found" | head -5; exit 1; }`
const NOT_ROOT = 'uid=$(id -u) && [ "$uid" -ne 0 ]'
const PRINTS_VERSION = '"$@" --version | grep "^licenseoperator.*/[0-9]"'

/** An image, and a container of it. */
export interface Candidate {
  readonly name: string
  readonly container: string
  readonly config: ImageConfig
}

export async function candidate(buildah: Buildah, name: string, image: string): Promise<Candidate> {
  return { name, container: await buildah.from(image), config: await buildah.config(image) }
}

/** The entry point, the user and what is inside. @throws Error that says what is wrong */
export async function tryEntryPoint(buildah: Buildah, { name, container, config }: Candidate): Promise<string> {
  const entry = config.Entrypoint
  if (config.User === '' || config.User === 'root') throw new Error(`${name}: the image's user is ${config.User || 'root'}`)
  must(await buildah.exec(container, ['sh', '-c', NOT_ROOT]), `${name}: is not root`)
  must(await buildah.exec(container, ['sh', '-c', PRINTS_VERSION, 'sh', ...entry]), `${name} --version`)
  must(await buildah.exec(container, ['sh', '-c', NO_STRAYS], { user: 'root' }), `${name}: holds nothing of the build`)
  const bare = await buildah.exec(container, name === 'cli' ? [...entry, 'config', 'check'] : entry)
  if (bare.code !== EX_CONFIG && !bare.output.includes(`status ${EX_CONFIG}`))
    throw new Error(`${name}: without a configuration it ended with ${bare.code}, not ${EX_CONFIG}:\n${bare.output}`)
  return `version, user ${config.User}, nothing left behind`
}

/** A job of the compose file, to its end. @returns what it printed */
export async function runJob(
  buildah: Buildah,
  { name, container, config }: Candidate,
  job: Pick<ComposeService, 'command' | 'environment'>,
  mounts: readonly string[],
): Promise<string> {
  const ended = await buildah.exec(container, [...config.Entrypoint, ...job.command], { env: job.environment, mounts })
  return must(ended, `${name} ${job.command.join(' ')}`)
}

/** A service of the compose file: starts it, runs its health check inside until that is content, and ends it with SIGTERM. */
export async function runService(
  buildah: Buildah,
  { name, container, config }: Candidate,
  service: ComposeService,
  mounts: readonly string[],
): Promise<string> {
  if (service.healthcheck.length === 0) throw new Error(`${name}: docker-compose.yml has no health check for it`)
  const started = buildah.start(container, [...config.Entrypoint, ...service.command], { env: service.environment, mounts })
  let ended: Ended | undefined
  void started.ended.then((one) => {
    ended = one
  })
  const deadline = Date.now() + HEALTHY_MS
  try {
    for (;;) {
      const { code } = await buildah.exec(container, service.healthcheck, { env: service.environment })
      if (code === 0) break
      if (ended !== undefined || Date.now() > deadline) throw new Error(`${name} did not become healthy:\n${started.output()}`)
    }
  } finally {
    if (ended === undefined) process.kill(leafProcess(started.pid), 'SIGTERM')
  }
  must(await started.ended, `${name} after SIGTERM`)
  return 'healthy, ended by SIGTERM'
}

function must({ code, output }: Ended, what: string): string {
  if (code !== 0) throw new Error(`${what} ended with ${code}:\n${output.trim()}`)
  return output.trim()
}
