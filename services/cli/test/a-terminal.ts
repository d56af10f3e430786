import { runCli } from '../src/run-cli.ts'

export interface Ran {
  readonly code: number
  /** Standard output, a line each. */
  readonly out: string[]
  /** Standard error, a line each. */
  readonly notes: string[]
}

/** Runs a command line in process, with nothing of the test's own environment. */
export async function run(
  argv: readonly string[],
  env: Record<string, string> = {},
  status?: (line: string) => void,
): Promise<Ran> {
  const out: string[] = []
  const notes: string[] = []
  const code = await runCli(argv, {
    env,
    print: (line) => out.push(line),
    note: (line) => notes.push(line),
    ...(status === undefined ? {} : { status }),
    now: () => new Date(),
  })
  return { code, out, notes }
}
