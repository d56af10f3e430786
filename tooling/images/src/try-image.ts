import type { Buildah, ImageConfig } from './buildah.ts'
import { leafProcess } from './leaf-process.ts'
import type { Ended } from './run.ts'

const EX_CONFIG = 78
const HEALTHY_MS = 60_000
// buildah now and then loses what a short command printed, so every verdict is an exit code and never an output.
/** What must have stayed behind: sources, their packages, and how the registry was reached. */
const NO_STRAYS = `found=$(find / -xdev \\( -name '*.ts' -o -name '.npmrc' -size +0 -o -path '/app/*node_modules' \\))
[ -z "$found" ] || { echo "$found" | head -5; exit 1; }`
const NOT_ROOT = 'uid=$(id -u) && [ "$uid" -ne 0 ]'
/** An empty volume takes its owner from the folder of the image that it is mounted on. */
const OWNS_VOLUMES = 'for folder in /app/config /app/emulator; do [ "$(stat -c %u "$folder")" -eq "$(id -u)" ] || exit 1; done'
const NO_NPM = '! command -v npm && ! command -v corepack && [ ! -e /usr/local/lib/node_modules ]'
const PRINTS_VERSION = '"$@" --version | grep "[0-9]\\.[0-9]"'
const LABELS = ['title', 'description', 'licenses', 'version', 'revision'].map((name) => `org.opencontainers.image.${name}`)

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
  if (!/^[1-9]\d*:[1-9]\d*$/.test(config.User))
    throw new Error(`${name}: the image's user is ${config.User || 'root'}, not a number`)
  const unlabelled = LABELS.filter((label) => (config.Labels?.[label] ?? '') === '')
  if (unlabelled.length > 0) throw new Error(`${name}: no label ${unlabelled.join(', ')}`)
  must(await buildah.exec(container, ['sh', '-c', NOT_ROOT]), `${name}: is not root`)
  must(await buildah.exec(container, ['sh', '-c', OWNS_VOLUMES]), `${name}: owns what volumes are mounted on`)
  must(await buildah.exec(container, ['sh', '-c', PRINTS_VERSION, 'sh', ...entry]), `${name} --version`)
  must(await buildah.exec(container, ['sh', '-c', NO_NPM]), `${name}: has no npm`)
  must(await buildah.exec(container, ['sh', '-c', NO_STRAYS], { user: 'root' }), `${name}: holds nothing of the build`)
  if (name !== 'stripe-emulator') await mustAskForConfiguration(buildah, { name, container, config })
  return `version, user ${config.User}, labels, nothing left behind`
}

async function mustAskForConfiguration(buildah: Buildah, { name, container, config }: Candidate): Promise<void> {
  const bare = await buildah.exec(container, name === 'cli' ? [...config.Entrypoint, 'config', 'check'] : config.Entrypoint)
  if (bare.code !== EX_CONFIG && !bare.output.includes(`status ${EX_CONFIG}`))
    throw new Error(`${name}: without a configuration it ended with ${bare.code}, not ${EX_CONFIG}:\n${bare.output}`)
}

/** What a container is given. */
export interface Surroundings {
  readonly command: readonly string[]
  readonly environment: Readonly<Record<string, string>>
  readonly mounts: readonly string[]
}

/** A job, to its end. @param job  `output`: the file inside that gets its standard output, which buildah may lose */
export async function runJob(
  buildah: Buildah,
  { name, container, config }: Candidate,
  { command, environment: env, mounts, output }: Surroundings & { readonly output?: string },
): Promise<void> {
  const words = [...config.Entrypoint, ...command]
  const redirected = output === undefined ? words : ['sh', '-c', `"$@" >${output}`, 'sh', ...words]
  must(await buildah.exec(container, redirected, { env, mounts }), `${name} ${command.join(' ')}`)
}

export interface RunningService {
  readonly name: string
  /** SIGTERM. @throws Error when it does not end with 0 */
  stop(): Promise<string>
}

/** Starts a service and runs its health check inside until that is content. */
export async function startService(
  buildah: Buildah,
  { name, container, config }: Candidate,
  { command, environment: env, mounts, healthcheck }: Surroundings & { readonly healthcheck: readonly string[] },
): Promise<RunningService> {
  const started = buildah.start(container, [...config.Entrypoint, ...command], { env, mounts })
  let ended: Ended | undefined
  void started.ended.then((one) => {
    ended = one
  })
  const stop = async () => {
    if (ended === undefined) process.kill(leafProcess(started.pid), 'SIGTERM')
    must(await started.ended, `${name} after SIGTERM`)
    return 'ended with 0'
  }
  for (const deadline = Date.now() + HEALTHY_MS; ; ) {
    const { code } = await buildah.exec(container, healthcheck)
    if (code === 0) return { name, stop }
    if (ended === undefined && Date.now() < deadline) continue
    if (ended === undefined) await stop()
    throw new Error(`${name} did not become healthy:\n${started.output()}`)
  }
}

function must({ code, output }: Ended, what: string): string {
  if (code !== 0) throw new Error(`${what} ended with ${code}:\n${output.trim()}`)
  return output.trim()
}
