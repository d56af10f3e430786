import { readFileSync } from 'node:fs'
import { parse } from 'yaml'
import { z } from 'zod'

const Compose = z.object({
  services: z.record(
    z.string(),
    z.object({
      build: z.object({ target: z.string() }).optional(),
      command: z.array(z.string()).optional(),
      environment: z.record(z.string(), z.string()).optional(),
      volumes: z.array(z.string()).optional(),
      depends_on: z.record(z.string(), z.object({ condition: z.string() })).optional(),
      profiles: z.array(z.string()).optional(),
      read_only: z.boolean().optional(),
    }),
  ),
})

/** What docker-compose.yml has a container of ours do. */
export interface ComposeService {
  readonly name: string
  /** Target of the Dockerfile. */
  readonly image: string
  readonly command: readonly string[]
  readonly environment: Readonly<Record<string, string>>
  /** `name:/path` or `name:/path:ro`, the names being the file's volumes. */
  readonly volumes: readonly string[]
  /** Jobs that end before it starts, and services that it waits for. */
  readonly after: readonly string[]
  readonly readOnly: boolean
}

/**
 * The services of the file that are built from our Dockerfile, in the order in which compose starts them.
 *
 * @param profile  those without a profile and those of this one
 * @param env      what stands in `.env`
 */
export function composeServices(file: string, profile: string, env: Readonly<Record<string, string>>): ComposeService[] {
  const { services } = Compose.parse(parse(readFileSync(file, 'utf8'), { merge: true }))
  const wanted = Object.entries(services)
    .filter(([, { build, profiles }]) => build !== undefined && (profiles?.includes(profile) ?? true))
    .map(([name, one]) => ({
      name,
      image: one.build?.target ?? '',
      command: (one.command ?? []).map((word) => interpolated(word, env)),
      environment: Object.fromEntries(
        Object.entries(one.environment ?? {}).map(([key, value]) => [key, interpolated(value, env)]),
      ),
      volumes: one.volumes ?? [],
      after: Object.keys(one.depends_on ?? {}),
      readOnly: one.read_only === true,
    }))
  return inOrder(wanted)
}

/** Compose's own notation: `$NAME`, `${NAME}`, `${NAME:-default}`, `${NAME:+instead}`, and `$$` for a dollar. */
export function interpolated(text: string, env: Readonly<Record<string, string>>): string {
  return text.replace(/\$(?:\$|(\w+)|\{(\w+)(?::([-+])([^}]*))?\})/g, (whole, plain, name, operator, word) => {
    if (whole === '$$') return '$'
    const value = env[plain ?? name] ?? ''
    if (operator === '-') return value === '' ? word : value
    if (operator === '+') return value === '' ? '' : word
    return value
  })
}

/** @throws Error for a circle */
function inOrder(services: readonly ComposeService[]): ComposeService[] {
  const ordered: ComposeService[] = []
  const waiting = [...services]
  while (waiting.length > 0) {
    const next = waiting.findIndex(({ after }) => after.every((name) => waiting.every((one) => one.name !== name)))
    if (next < 0) throw new Error(`docker-compose.yml: ${waiting.map(({ name }) => name).join(', ')} wait for each other`)
    ordered.push(...waiting.splice(next, 1))
  }
  return ordered
}
