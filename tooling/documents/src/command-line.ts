import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { z } from 'zod'
import { HELP_OF } from './help-marker.ts'
import { root } from './repository.ts'

const run = promisify(execFile)
/** What a failed run carries besides its code. */
const Output = z.object({ stdout: z.string(), stderr: z.string() })
const PROGRAM = 'services/cli/src/main.ts'
const RUN = 'services/cli/src/run-cli.ts'

export interface Ran {
  readonly code: number
  readonly stdout: string
  readonly stderr: string
}

export interface Surroundings {
  readonly env?: Readonly<Record<string, string>>
  /** The repository's root unless given. */
  readonly cwd?: string
}

/** Runs a program of the repository with Node, as somebody at a shell would; nothing of this process's settings reaches it. */
export async function runNode(args: readonly string[], { env = {}, cwd = root }: Surroundings = {}): Promise<Ran> {
  const own = { PATH: process.env.PATH, HOME: process.env.HOME, NO_COLOR: '1' }
  try {
    const { stdout, stderr } = await run(process.execPath, args, { cwd, env: { ...own, ...env } })
    return { code: 0, stdout, stderr }
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && typeof error.code === 'number')) throw error
    const { stdout, stderr } = Output.parse(error)
    return { code: error.code, stdout, stderr }
  }
}

export function licenseoperator(args: readonly string[], surroundings?: Surroundings): Promise<Ran> {
  return runNode([`${root}/${PROGRAM}`, ...args], surroundings)
}

/** Every command with its flags, as the program itself tells them. */
export async function readCommands(): Promise<Map<string, Set<string>>> {
  const { stdout } = await licenseoperator(['--help'])
  const names = namesIn(stdout)
  // One process for all of them: each takes a second to load.
  const helped = await runNode([`${import.meta.dirname}/print-help.ts`, `${root}/${RUN}`, ...names])
  if (helped.code !== 0) throw new Error(helped.stderr)
  const helps = helped.stdout.split(HELP_OF).slice(1)
  return new Map(
    helps.map((help) => {
      const [name = '', ...lines] = help.split('\n')
      return [name, flagsIn(lines.join('\n'))]
    }),
  )
}

/** Lines of the help that begin with a command, of one word or two, and go on with what it does. */
export function namesIn(help: string): string[] {
  const lines = help.matchAll(/^ {2}([a-z-]+(?: [a-z-]+)?)(?: [<[].*?)? {2,}\S/gm)
  return [...lines].map(([, name = '']) => name).filter((name) => !name.startsWith('-'))
}

function flagsIn(help: string): Set<string> {
  return new Set([...help.matchAll(/^ {2}(?:-\w, )?(--[a-z][a-z-]*)/gm)].map(([, flag = '']) => flag).concat('--version'))
}

/** The words of a command line, as a shell makes them of blanks and quotes. */
export function wordsOf(command: string): string[] {
  return [...command.matchAll(/'([^']*)'|"([^"]*)"|(\S+)/g)].map(([, single, double, bare]) => single ?? double ?? bare ?? '')
}
