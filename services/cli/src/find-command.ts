import type { Entry, Topic } from './context.ts'
import { everywhere, flagName, isSwitch } from './flags-everywhere.ts'
import { didYouMean, suggestion } from './suggest.ts'
import { UsageError } from './usage-error.ts'

type Topics = readonly Topic[]

/** Every command, in the order of the help. */
export function entriesOf(topics: Topics): readonly Entry[] {
  return topics.flatMap(({ entries }) => entries)
}

/** First words that stand for several commands. */
export function groupsOf(topics: Topics): readonly string[] {
  const firsts = entriesOf(topics).flatMap(({ words }) => (words.includes(' ') ? [words.replace(/ .*$/, '')] : []))
  return [...new Set(firsts)]
}

/** The second words of a group. */
export function namesIn(topics: Topics, group: string): readonly string[] {
  return entriesOf(topics).flatMap(({ words }) => (words.startsWith(`${group} `) ? [words.slice(group.length + 1)] : []))
}

/**
 * The command that some words call.
 *
 * @param args  arguments, without flags
 * @throws UsageError naming what is not known, and what may have been meant
 */
export function findCommand(topics: Topics, args: readonly string[]): Entry {
  const [first = '', second] = args
  const grouped = groupsOf(topics).includes(first)
  const words = grouped && second !== undefined ? `${first} ${second}` : first
  const found = entriesOf(topics).find((entry) => entry.words === words)
  if (found !== undefined) return found
  if (first === '') throw new UsageError('a command is required')
  if (grouped && second === undefined) throw new UsageError(`a command is required: ${namesIn(topics, first).join(', ')}`)
  const meant = meantCommand(topics, first, second)
  const help = `licenseoperator help${grouped ? ` ${first}` : ''}`
  throw new UsageError(`unknown command ${words}${didYouMean(meant) || '.'} See ${help}`)
}

function meantCommand(topics: Topics, first: string, second: string | undefined): string | undefined {
  const groups = groupsOf(topics)
  if (groups.includes(first)) return meantIn(topics, first, second)
  const alone = entriesOf(topics).flatMap(({ words }) => (words.includes(' ') ? [] : [words]))
  const head = suggestion(first, [...groups, ...alone])
  if (head !== undefined) return groups.includes(head) ? (meantIn(topics, head, second) ?? head) : head
  // `verify acme.lic`: the right word, without its group.
  return entriesOf(topics).find(({ words }) => words.endsWith(` ${first}`))?.words
}

function meantIn(topics: Topics, group: string, second: string | undefined): string | undefined {
  const meant = second === undefined ? undefined : suggestion(second, namesIn(topics, group))
  return meant === undefined ? undefined : `${group} ${meant}`
}

/** @throws UsageError naming a flag that the command does not take, or a switch that is given a value */
export function assertFlags({ words, command }: Entry, typed: ReadonlyMap<string, readonly string[]>): void {
  const flags = [...command.flags, ...everywhere]
  for (const [name, values] of typed) {
    const flag = flags.find((known) => flagName(known) === name)
    if (flag === undefined) {
      const meant = suggestion(name, flags.map(flagName))
      const hint = didYouMean(meant === undefined ? undefined : `--${meant}`)
      throw new UsageError(`unknown flag --${name} of ${words}${hint || '.'} See licenseoperator ${words} --help`)
    }
    // `--dry-run=false` would otherwise be a dry run, and `--persist=false` would store.
    if (isSwitch(flag) && values.some((value) => value !== ''))
      throw new UsageError(`--${name} takes no value: it is given or it is not`)
  }
}

/** @throws UsageError naming the first flag that is missing */
export function assertRequired({ command }: Entry, typed: ReadonlyMap<string, unknown>): void {
  const missing = command.flags.find((flag) => flag[2]?.required === true && !typed.has(flagName(flag)))
  if (missing !== undefined) throw new UsageError(`--${flagName(missing)} is required`)
}
