import type { Reach } from '@licenseoperator/billing'

/** What a command may use of the world, so that a test can run it in process. */
export interface Context {
  /** Flags as they were typed, by their name in kebab case; a flag without a value is `''`. Repeated flags keep every value. */
  readonly flags: ReadonlyMap<string, readonly string[]>
  readonly env: Readonly<Record<string, string | undefined>>
  /** One line of output, or several; what a terminal would obey is escaped. */
  readonly print: (line: string) => void
  /** Data for a program or a file, byte for byte, with a line break behind it. */
  readonly printRaw: (data: string) => void
  /** One line for the person, beside the output. */
  readonly note: (line: string) => void
  /** A line for the person that replaces itself, empty to clear it; absent when no terminal watches. */
  readonly status?: ((line: string) => void) | undefined
  readonly now: () => Date
  /** What the command talks to, filled in as it reads its configuration: an error then says which service it is about. */
  readonly reach: { -readonly [Key in keyof Reach]: Reach[Key] }
}

/** What surrounds a command line. `print` takes what is to be written as it is. */
export type World = Omit<Context, 'flags' | 'printRaw' | 'reach'>

/** @returns the exit code */
export type Run = (context: Context, args: readonly string[]) => Promise<number>

export interface Command {
  /** As in the help: `issue`, `verify <file>`. */
  readonly name: string
  readonly description: string
  /** Flag in cac's notation and its description. */
  readonly flags: readonly (readonly [flag: string, description: string])[]
  readonly run: Run
}
