import { cpSync, existsSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { z } from 'zod'
import { runToEnd } from './run-process.ts'

/** What a demo runs: files for Node, and the variables that they are run with. */
export interface Programs {
  readonly cli: string
  readonly api: string
  readonly ingest: string
  readonly variables: Readonly<Record<string, string>>
}

const deployables = ['cli', 'api', 'webhook-ingest'] as const
const folderOf = (service: string) => fileURLToPath(new URL(`../../../services/${service}/`, import.meta.url))
const Manifest = z.object({ version: z.string() })

/**
 * Copies what `pnpm build` left into a folder, where it has nothing of the repository within reach, as in its image.
 *
 * @throws Error when nothing is built, or when a node_modules above the folder could stand in for what a bundle lacks
 */
export function copyBundles(folder: string): Programs {
  for (let above = folder; ; above = dirname(above)) {
    if (existsSync(join(above, 'node_modules'))) throw new Error(`${above} has node_modules: set TMPDIR to a folder without`)
    if (above === dirname(above)) break
  }
  const copy = (service: (typeof deployables)[number]) => {
    const dist = join(folderOf(service), 'dist')
    if (!existsSync(join(dist, 'main.js'))) throw new Error(`services/${service}/dist is not there: run \`pnpm build\` first`)
    cpSync(dist, join(folder, service, 'dist'), { recursive: true })
    return join(folder, service, 'dist', 'main.js')
  }
  const [cli, api, ingest] = [copy('cli'), copy('api'), copy('webhook-ingest')]
  // The flags of the images' entry point.
  return { cli, api, ingest, variables: { NODE_OPTIONS: '--disable-proto=delete --enable-source-maps' } }
}

/** Asks every program for its version, with no configuration. @throws Error when one prints another than its package has */
export async function printedReleases({ programs }: { programs: Programs }): Promise<string> {
  const scripts = { cli: programs.cli, api: programs.api, 'webhook-ingest': programs.ingest }
  const printed: string[] = []
  for (const service of deployables) {
    const line = (await runToEnd(scripts[service], ['--version'], { PATH: process.env.PATH, ...programs.variables })).trim()
    const { version } = Manifest.parse(JSON.parse(readFileSync(join(folderOf(service), 'package.json'), 'utf8')))
    if (!line.split(' ')[0]?.endsWith(`/${version}`))
      throw new Error(`${service} --version printed ${line}, its package is ${version}`)
    printed.push(line.split(' ')[0] ?? '')
  }
  return printed.join(', ')
}
