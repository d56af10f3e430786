import type { Command, Entry, Flag, Tone, Topic } from './context.ts'
import { everywhere } from './flags-everywhere.ts'

/** A line of help, with the tone of a heading. */
export type HelpLine = readonly [text: string, tone?: Tone]

const PROGRAM = 'licenseoperator'
/** The longest line that is easily read. */
const READABLE = 110

/** Every command by topic, or only those whose words begin with `group`. */
export function listHelp(topics: readonly Topic[], version: string, columns: number, group = ''): HelpLine[] {
  const wanted = topics
    .map(({ title, entries }) => ({
      title,
      entries: entries.filter(({ words }) => `${words} `.startsWith(group && `${group} `)),
    }))
    .filter(({ entries }) => entries.length > 0)
  const width = Math.max(...wanted.flatMap(({ entries }) => entries.map(({ words }) => words.length)))
  const command = group === '' ? 'COMMAND' : `${group} COMMAND`
  return [
    ...(group === '' ? [[`${PROGRAM} ${version}: sells, signs, stores and announces licenses`] as const, BLANK] : []),
    HEADINGS.usage,
    [`  ${PROGRAM} ${command} [ARGUMENTS] [FLAGS]`],
    [`  ${PROGRAM} help ${command}`],
    ...(group === '' ? [[`  ${PROGRAM} --version`] as const] : []),
    ...wanted.flatMap(({ title, entries }): HelpLine[] => [
      BLANK,
      [title, 'heading'],
      ...entries.flatMap(({ words, command: { description } }) => described(words, description, width, columns)),
    ]),
    BLANK,
    ...flagHelp(HEADINGS.everywhere, everywhere, columns),
    ...(group === '' ? [BLANK, ...exitCodeHelp()] : []),
  ]
}

/** All about one command. */
export function commandHelp({ words, command }: Entry, columns: number): HelpLine[] {
  const { description, details, flags, examples, needs } = command
  const required = flags.filter((flag) => flag[2]?.required !== undefined)
  const optional = flags.filter((flag) => flag[2]?.required === undefined)
  return [
    ...wrapped(`${description}.`, '', columns),
    ...(details === undefined ? [] : [BLANK, ...wrapped(details, '', columns)]),
    BLANK,
    HEADINGS.usage,
    ...wrapped(`${PROGRAM} ${usageOf(words, command)}`, '  ', columns, '      '),
    ...(required.length === 0 ? [] : [BLANK, ...flagHelp(HEADINGS.required, required, columns)]),
    ...(optional.length === 0 ? [] : [BLANK, ...flagHelp(HEADINGS.flags, optional, columns)]),
    BLANK,
    ...flagHelp(HEADINGS.everywhere, everywhere, columns),
    BLANK,
    HEADINGS.examples,
    ...examples.map((example): HelpLine => [`  ${example}`]),
    BLANK,
    HEADINGS.needs,
    ...wrapped(needs ?? 'nothing', '  ', columns),
    BLANK,
    ...exitCodeHelp(command),
  ]
}

const BLANK: HelpLine = ['']
const HEADINGS = {
  usage: ['Usage', 'heading'],
  required: ['Required', 'heading'],
  flags: ['Flags', 'heading'],
  everywhere: ['Flags of every command', 'heading'],
  examples: ['Examples', 'heading'],
  needs: ['Needs of the configuration', 'heading'],
} as const satisfies Record<string, HelpLine>

/** Arguments and required flags; further flags are only hinted at. */
function usageOf(words: string, { name, flags }: Command): string {
  const args = name.includes(' ') ? [name.replace(/^\S+ /, '')] : []
  const named = flags.flatMap(([flag, , rules]) => {
    if (rules?.required === undefined) return []
    return [rules.required === true ? flag : `[${flag}]`]
  })
  return [words, ...args, ...named, '[FLAGS]'].join(' ')
}

function flagHelp(heading: HelpLine, flags: readonly Flag[], columns: number): HelpLine[] {
  const width = Math.max(...flags.map(([flag]) => flag.length))
  return [
    heading,
    ...flags.flatMap(([flag, description, rules]) => {
      const choices = rules?.choices === undefined ? '' : `: ${rules.choices.join(', ')}`
      const where = rules?.required === 'in --file' ? ' (required, here or in --file)' : ''
      return described(flag, `${description}${choices}${where}`, width, columns)
    }),
  ]
}

function exitCodeHelp(command?: Command): HelpLine[] {
  const no = command === undefined ? 'the answer is no: not valid, not current, the books do not agree' : command.no
  const config = command === undefined || command.needs !== undefined
  const codes: HelpLine[] = [
    ['  0   done'],
    ['  1   failed: something cannot be reached or was refused'],
    ['  2   usage: unknown command or flag, a missing or impossible value'],
    ...(no === undefined ? [] : [[`  3   ${no}`] as const]),
    ...(config ? [['  78  the configuration is not usable; every problem is listed with its key'] as const] : []),
  ]
  return [['Exit codes', 'heading'], ...codes]
}

/** A term and, beside it, what it means. */
function described(term: string, meaning: string, width: number, columns: number): HelpLine[] {
  const margin = `  ${' '.repeat(width)}  `
  return wrapped(meaning, `  ${term.padEnd(width)}  `, columns, margin)
}

/** Text broken between words. */
function wrapped(text: string, first: string, columns: number, rest = first): HelpLine[] {
  const most = Math.max(40, Math.min(columns, READABLE))
  const lines: string[] = []
  let line = first
  let empty = true
  for (const word of text.split(' ')) {
    if (!empty && line.length + 1 + word.length > most) {
      lines.push(line)
      line = rest
      empty = true
    }
    line += empty ? word : ` ${word}`
    empty = false
  }
  return [...lines, line].map((shown): HelpLine => [shown])
}
