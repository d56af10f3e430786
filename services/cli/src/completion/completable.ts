import type { Entry, Flag, Topic } from '../context.ts'
import { entriesOf, groupsOf, namesIn } from '../find-command.ts'
import { everywhere, flagName, isSwitch } from '../flags-everywhere.ts'

/** What may follow some words of a command line. */
export interface Completable {
  /** The words before, `license issue`; empty at the start. */
  readonly after: string
  readonly words: readonly Proposal[]
  readonly flags: readonly CompletableFlag[]
}

export interface Proposal {
  readonly name: string
  readonly description: string
}

export interface CompletableFlag extends Proposal {
  readonly takesValue: boolean
  /** Empty: whatever the shell proposes, files most often. */
  readonly choices: readonly string[]
}

/** Everything that a shell can complete, in the order of the help. */
export function completables(topics: readonly Topic[]): Completable[] {
  const entries = entriesOf(topics)
  const groups = groupsOf(topics)
  const firsts = [...new Set(entries.map(({ words }) => words.replace(/ .*$/, '')))].map((name) => ({
    name,
    description: entries.find(({ words }) => words === name)?.command.description ?? namesIn(topics, name).join(', '),
  }))
  const ofGroups = groups.map((group) => ({ after: group, words: wordsOf(entries, group), flags: [] }))
  const toExplain = [{ after: 'help', words: firsts }, ...ofGroups.map(({ after, words }) => ({ after: `help ${after}`, words }))]
  return [
    { after: '', words: firsts, flags: everywhere.map(asFlag) },
    ...ofGroups,
    ...entries
      .filter(({ words }) => words !== 'help')
      .map(({ words, command }) => ({
        after: words,
        words: (command.choices ?? []).map((name) => ({ name, description: '' })),
        flags: [...command.flags, ...everywhere].map(asFlag),
      })),
    ...toExplain.map((completable) => ({ ...completable, flags: [] })),
  ]
}

/** Names of the flags, of whichever command, whose value is the next word. */
export function valuedFlags(all: readonly Completable[]): string[] {
  return [...new Set(all.flatMap(({ flags }) => flags.filter(({ takesValue }) => takesValue).map(({ name }) => `--${name}`)))]
}

function wordsOf(entries: readonly Entry[], group: string): Proposal[] {
  return entries
    .filter(({ words }) => words.startsWith(`${group} `))
    .map(({ words, command: { description } }) => ({ name: words.slice(group.length + 1), description }))
}

function asFlag(flag: Flag): CompletableFlag {
  return { name: flagName(flag), description: flag[1], takesValue: !isSwitch(flag), choices: flag[2]?.choices ?? [] }
}
