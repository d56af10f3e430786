import { RELEASE } from '@licenseoperator/db'
import type { Command, Context, Entry, Topic } from '../context.ts'
import { exitCodes } from '../exit-codes.ts'
import { findCommand, groupsOf } from '../find-command.ts'
import { commandHelp, listHelp } from '../help-text.ts'

/** Where no terminal shows the text, it is broken as for one of this width. */
const COLUMNS = 100

/**
 * Writes the help of a command, of a group of commands, or of all.
 *
 * @param about  a command; or the name of a group, empty for all
 */
export function printHelp(context: Pick<Context, 'print' | 'terminal'>, topics: readonly Topic[], about: Entry | string): void {
  const columns = context.terminal?.columns ?? COLUMNS
  const lines = typeof about === 'string' ? listHelp(topics, RELEASE, columns, about) : commandHelp(about, columns)
  for (const [text, tone] of lines) context.print(text, tone)
}

/** @throws UsageError for words that call nothing */
export function printHelpOn(context: Context, topics: readonly Topic[], words: readonly string[]): void {
  const [first = '', second] = words
  const listed = first === '' || (second === undefined && groupsOf(topics).includes(first))
  printHelp(context, topics, listed ? first : findCommand(topics, words))
}

export function help(topics: () => readonly Topic[]): Command {
  return {
    name: 'help [...command]',
    description: 'Explain a command, or list all of them',
    flags: [],
    examples: ['licenseoperator help', 'licenseoperator help license', 'licenseoperator help license issue'],
    outputs: [],
    run: (context, words) => {
      printHelpOn(context, topics(), words)
      return Promise.resolve(exitCodes.done)
    },
  }
}
