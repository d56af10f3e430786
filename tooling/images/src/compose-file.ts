import { readFileSync } from 'node:fs'
import { parse } from 'yaml'
import { z } from 'zod'

const Compose = z.object({
  services: z.record(
    z.string(),
    z.object({
      command: z.array(z.string()).optional(),
      environment: z.record(z.string(), z.string()).optional(),
      healthcheck: z.object({ test: z.tuple([z.literal('CMD')]).rest(z.string()) }).optional(),
    }),
  ),
})

/** What docker-compose.yml has a container of ours do. */
export interface ComposeService {
  readonly command: readonly string[]
  readonly environment: Readonly<Record<string, string>>
  /** What runs inside the container; empty without a health check. */
  readonly healthcheck: readonly string[]
}

/**
 * Reads a service for a run without compose's network: addresses of its neighbours become those given, and each port that it listens on a free one,
 * in its health check too.
 *
 * @param given     variables that name the neighbours; only those that the file sets are taken
 * @param freePort  a port for each `:PORT` of the file
 */
export async function composeService(
  file: string,
  name: string,
  given: Readonly<Record<string, string>>,
  freePort: () => Promise<number>,
): Promise<ComposeService> {
  const service = Compose.parse(parse(readFileSync(file, 'utf8'))).services[name]
  if (service === undefined) throw new Error(`docker-compose.yml has no service ${name}`)
  const environment: Record<string, string> = {}
  let healthcheck = service.healthcheck?.test.slice(1) ?? []
  for (const [variable, value] of Object.entries(service.environment ?? {})) {
    const port = /^:(\d+)$/.exec(value)?.[1]
    if (port === undefined) {
      environment[variable] = given[variable] ?? value
      continue
    }
    const free = await freePort()
    environment[variable] = `127.0.0.1:${free}`
    healthcheck = healthcheck.map((word) => word.replaceAll(`:${port}/`, `:${free}/`))
  }
  return { command: service.command ?? [], environment, healthcheck }
}
