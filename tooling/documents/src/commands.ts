import { codeSpansOf, type Line, type MarkdownDocument, type Problem, problemAt } from './document.ts'

/** What the repository's commands are; a test of the check gives a world of its own. */
export interface KnownCommands {
  /** Scripts of the root's package.json. */
  readonly scripts: readonly string[]
  /** Scripts of a package by its name; undefined when there is no such package. */
  scriptsOf(packageName: string): readonly string[] | undefined
  /** Flags of each command of the command line, by its name: `license issue`. */
  readonly commands: ReadonlyMap<string, ReadonlySet<string>>
}

/** Commands of pnpm itself that documents use. */
const PNPM_ITSELF = new Set(['install', 'exec'])
const SHELL = new Set(['sh', 'bash', 'shell', 'console', ''])

/** A command line that a document shows. */
export interface ShownCommand {
  readonly line: Line
  /** Without a comment behind it. */
  readonly text: string
}

/** Everything that a document shows as something to be typed: lines of shell, and what stands in backticks. */
export function shownCommands(document: MarkdownDocument): ShownCommand[] {
  return document.lines.flatMap((line, index) => {
    if (line.kind !== 'code') return codeSpansOf(line).map((text) => ({ line, text: text.replaceAll('\\|', '|') }))
    if (!SHELL.has(line.language) || document.lines[index - 1]?.text.endsWith('\\') === true) return []
    return [{ line, text: wholeCommand(document.lines.slice(index)) }]
  })
}

/** A line with those that it goes on in behind a backslash. */
function wholeCommand([first, ...rest]: readonly Line[]): string {
  const text = (first?.text ?? '').replace(/\s#\s.*$/, '').trim()
  return text.endsWith('\\') ? `${text.slice(0, -1)}${wholeCommand(rest)}` : text
}

/** `pnpm …` that is no script, and `licenseoperator …` that the command line does not take. */
export function commandProblems(document: MarkdownDocument, known: KnownCommands): Problem[] {
  return shownCommands(document).flatMap(({ line, text }) =>
    [whyNoScript(text, known), whyNotTaken(text, known)]
      .filter((why) => why !== undefined)
      .map((why) => problemAt(document, line, why)),
  )
}

function whyNoScript(text: string, { scripts, scriptsOf }: KnownCommands): string | undefined {
  const rest = /(?:^|\s|\()(?:npx --yes )?pnpm(?:@12)? +(.+)$/.exec(text)?.[1]
  if (rest === undefined) return undefined
  const words = rest.split(/\s+/).filter((word) => word !== '--silent')
  const [first = '', second = '', third = ''] = words
  if (first === '--filter') {
    const own = scriptsOf(second)
    if (own === undefined) return `pnpm --filter ${second}: there is no such package`
    return own.includes(third) ? undefined : `${second} has no script ${third}`
  }
  const script = first.replace(/[^\w:].*$/, '')
  if (script === '' || PNPM_ITSELF.has(script) || scripts.includes(script)) return undefined
  return `pnpm ${script} is no script of package.json`
}

function whyNotTaken(text: string, { commands }: KnownCommands): string | undefined {
  const rest = /(?:^|\s|\()licenseoperator +([a-z-].*)$/.exec(text)?.[1]
  if (rest === undefined) return undefined
  const [first = '', second = ''] = rest.split(/\s+/)
  if (first.startsWith('-')) return undefined
  const name = commands.has(first) ? first : `${first} ${second}`
  const flags = commands.get(name)
  if (flags === undefined) return `licenseoperator has no command ${name}`
  const unknown = flagsIn(rest).filter((flag) => !flags.has(flag))
  return unknown.length === 0 ? undefined : `licenseoperator ${name} takes no ${unknown.join(', ')}`
}

function flagsIn(text: string): string[] {
  return [...text.matchAll(/(?<![\w-])--[a-z][a-z-]*/g)].map(([flag]) => flag)
}

/** Commands that a document does not name, of all that there are. */
export function commandsNotIn(document: MarkdownDocument, { commands }: KnownCommands): string[] {
  const shown = shownCommands(document).map(({ text }) => text)
  return [...commands.keys()].filter((name) => !shown.some((text) => text.includes(`licenseoperator ${name}`)))
}
