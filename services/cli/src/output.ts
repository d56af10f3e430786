import { type Command, type Context, type Output, outputs } from './context.ts'
import { UsageError } from './usage-error.ts'

/**
 * How the output is to be written: `--output`, or `--json` as it was called first.
 *
 * @throws UsageError for what is no format, or for two of them
 */
export function outputOf({ flags }: Pick<Context, 'flags'>): Output {
  const named = flags.get('output')?.at(-1)
  if (named === undefined) return flags.has('json') ? 'json' : 'table'
  const output = outputs.find((known) => known === named)
  if (output === undefined) throw new UsageError(`--output must be one of ${outputs.join(', ')}`)
  if (flags.has('json') && output !== 'json') throw new UsageError(`--json and --output ${output} exclude each other`)
  return output
}

/** Whether a failure is to be told to a program; never itself a failure. */
export function wantsJson(flags: Context['flags']): boolean {
  return flags.has('json') || flags.get('output')?.at(-1) === 'json'
}

/** @throws UsageError when the command cannot write in that format */
export function assertOutput(context: Pick<Context, 'flags'>, command: Command): void {
  const output = outputOf(context)
  const able = command.outputs ?? outputs
  if (context.flags.has('output') && !able.includes(output))
    throw new UsageError(`--output ${output} is not possible here${able.length === 0 ? '' : `; ${able.join(' and ')} are`}`)
}
