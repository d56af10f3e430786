import type { Reach } from '@licenseoperator/billing'

/** What a command may use of the world, so that a test can run it in process. */
export interface Context {
  /** Flags as they were typed, by their name in kebab case; a flag without a value is `''`. Repeated flags keep every value. */
  readonly flags: ReadonlyMap<string, readonly string[]>
  readonly env: Readonly<Record<string, string | undefined>>
  /** One line of output, or several; what a terminal would obey is escaped. */
  readonly print: (line: string, tone?: Tone) => void
  /** Data for a program or a file, byte for byte, with a line break behind it. */
  readonly printRaw: (data: string) => void
  /** One line for the person, beside the output. `--quiet` silences it, unless it is a problem. */
  readonly note: (line: string, tone?: Tone) => void
  /** A line for the person that replaces itself, empty to clear it; absent when no terminal watches. */
  readonly status?: ((line: string) => void) | undefined
  /** The terminal that shows the output; absent when it goes to a file or a program. */
  readonly terminal?: Terminal | undefined
  readonly now: () => Date
  /** What the command talks to, filled in as it reads its configuration: an error then says which service it is about. */
  readonly reach: { -readonly [Key in keyof Reach]: Reach[Key] }
}

/** How a line is coloured, where colours are shown. */
export type Tone = 'heading' | 'good' | 'warning' | 'problem'

export interface Terminal {
  /** Characters of a line. */
  readonly columns: number
}

/** What surrounds a command line. `print` and `note` take what is to be written as it is. */
export interface World extends Pick<Context, 'env' | 'status' | 'now' | 'terminal'> {
  readonly print: (line: string) => void
  readonly note: (line: string) => void
  /** Whether a terminal shows the notes. */
  readonly notesToTerminal?: boolean
}

/** @returns the exit code */
export type Run = (context: Context, args: readonly string[]) => Promise<number>

/** What is known of a flag beside its name. */
export interface FlagRules {
  /** It must be given; `in --file`: there or in that file. */
  readonly required?: true | 'in --file'
  /** The values that it takes. */
  readonly choices?: readonly string[]
}

/** A flag in cac's notation, `--group <name>` or `--dry-run`, its description and rules. */
export type Flag = readonly [flag: string, description: string, rules?: FlagRules]

/** How output is written. */
export const outputs = ['table', 'json', 'csv'] as const
export type Output = (typeof outputs)[number]

/** A command, for whoever runs it, helps with it, corrects a typing error or completes a line. */
export interface Command {
  /** As in the help: `issue`, `verify <file>`. */
  readonly name: string
  /** One sentence. */
  readonly description: string
  /** What else there is to know before it is run. */
  readonly details?: string
  readonly flags: readonly Flag[]
  /** The values that its argument takes, where they are few. */
  readonly choices?: readonly string[]
  /** Lines of a shell, which run as they stand where their ids are known. */
  readonly examples: readonly string[]
  /** What it needs of the configuration; absent: it reads none. */
  readonly needs?: string
  /** What exit code 3 says of it; absent: it never answers no. */
  readonly no?: string
  /** How its output can be written; absent: in every way. */
  readonly outputs?: readonly Output[]
  readonly run: Run
}

/** A command and the words that call it: `license show`, `serve`. */
export interface Entry {
  readonly words: string
  readonly command: Command
}

/** Commands that belong together, with the heading that the help gives them. */
export interface Topic {
  readonly title: string
  readonly entries: readonly Entry[]
}
