import { ConfigError } from '@licenseoperator/config'
import { RELEASE } from '@licenseoperator/db'
import { cac } from 'cac'
import { audit } from './commands/audit.ts'
import { config } from './commands/config.ts'
import { coupons } from './commands/coupons.ts'
import { db } from './commands/db.ts'
import { events } from './commands/events.ts'
import { keys } from './commands/keys.ts'
import { license } from './commands/license.ts'
import { payments } from './commands/payments.ts'
import { products } from './commands/products.ts'
import { seats } from './commands/seats.ts'
import { serve } from './commands/serve.ts'
import { setup } from './commands/setup.ts'
import { stripe } from './commands/stripe.ts'
import { token } from './commands/token.ts'
import { trial } from './commands/trial.ts'
import type { Command, Context, World } from './context.ts'
import { describeFailure } from './describe-failure.ts'
import { exitCodes } from './exit-codes.ts'
import { printable, printableLines } from './print.ts'
import { bindDashes, flagsOf } from './read-flags.ts'
import { UsageError } from './usage-error.ts'

const PROGRAM = 'licenseoperator'

/** Commands of two words, by their first; `serve`, `seats` and `setup` stand alone. */
const groups: Readonly<Record<string, readonly Command[]>> = {
  license,
  trial,
  products,
  coupons,
  payments,
  events,
  audit,
  keys,
  token,
  db,
  stripe,
  config,
}
const FURTHER = `
Further commands, each with a --help of its own:
${Object.entries(groups)
  .flatMap(([group, commands]) => commands.map(({ name, description }) => `  ${`${group} ${name}`.padEnd(24)}  ${description}`))
  .join('\n')}`

/**
 * Runs one command line.
 *
 * @param argv  arguments behind the program's name
 * @returns the exit code, see `exitCodes`
 */
export async function runCli(argv: readonly string[], world: World): Promise<number> {
  const reach: Context['reach'] = {}
  try {
    const [first = ''] = argv
    const group = Object.hasOwn(groups, first) ? groups[first] : undefined
    return group === undefined
      ? await dispatch(PROGRAM, [serve, seats, setup], argv, world, reach)
      : await dispatch(`${PROGRAM} ${first}`, group, argv.slice(1), world, reach)
  } catch (error) {
    const { exitCode, text, json } = describeFailure(error, reach)
    const asJson = flagsOf(argv).flags.has('json')
    world.note(
      asJson ? printable(JSON.stringify(json)) : printableLines(error instanceof ConfigError ? text : `${PROGRAM}: ${text}`),
    )
    return exitCode
  }
}

/** Lets the command library match the command, check its flags and write help; what the flags say is read as typed. */
async function dispatch(
  program: string,
  commands: readonly Command[],
  argv: readonly string[],
  world: World,
  reach: Context['reach'],
): Promise<number> {
  const cli = cac(program)
  const { flags, args } = flagsOf(argv)
  let result: Promise<number> | undefined
  for (const command of commands) {
    const matched = cli.command(command.name, command.description)
    for (const [flag, description] of [...command.flags, ...everywhere]) matched.option(flag, description)
    matched.action(() => {
      result = command.run(contextOf(world, flags, reach), args.slice(1))
    })
  }
  cli.help()
  cli.version(RELEASE)
  cli.parse(['node', program, ...bindDashes(argv)], { run: false })
  const helped = flags.has('help') || argv.includes('-h')
  if (helped && program === PROGRAM && argv.length === 1) world.print(FURTHER)
  if (helped || flags.has('version') || argv.includes('-v')) return exitCodes.done
  if (cli.matchedCommand === undefined) {
    if (argv.length === 0) {
      cli.outputHelp()
      if (program === PROGRAM) world.print(FURTHER)
    }
    throw new UsageError(argv.length === 0 ? 'a command is required' : `unknown command ${argv[0] ?? ''}; try ${program} --help`)
  }
  await cli.runMatchedCommand()
  if (result === undefined) throw new UsageError('nothing to do')
  return result
}

/** Whatever a command says goes through `printable`: one that forgets it has not opened a way for control characters. */
function contextOf({ status, ...world }: World, flags: Context['flags'], reach: Context['reach']): Context {
  return {
    ...world,
    flags,
    reach,
    print: (line) => world.print(printableLines(line)),
    printRaw: world.print,
    note: (line) => world.note(printableLines(line)),
    status: status && ((line) => status(printable(line))),
  }
}

const everywhere = [
  ['--config <file>', 'Configuration file (default CONFIG_FILE, else config/config.yaml)'],
  ['--json', 'Output for programs'],
] as const
