import { styleText } from 'node:util'
import type { Context, Tone } from './context.ts'

const STYLES = { heading: 'bold', good: 'green', warning: 'yellow', problem: 'red' } as const satisfies Record<
  Tone,
  Parameters<typeof styleText>[0]
>

/**
 * Whether what goes to a stream is coloured: on a terminal, unless `--no-color`, NO_COLOR or a terminal without colours says otherwise; FORCE_COLOR
 * asks for colours elsewhere and wins over NO_COLOR, as in Node itself.
 *
 * @see https://no-color.org
 */
export function showsColours(isTerminal: boolean, { flags, env }: Pick<Context, 'flags' | 'env'>): boolean {
  if (flags.has('no-color')) return false
  const forced = env.FORCE_COLOR
  if (forced !== undefined) return forced !== '0' && forced !== 'false'
  return isTerminal && !env.NO_COLOR && env.TERM !== 'dumb'
}

/** Text in the colour of its tone. What a terminal would obey must be escaped before. */
export function coloured(text: string, tone: Tone | undefined): string {
  return tone === undefined ? text : styleText(STYLES[tone], text, { validateStream: false })
}
