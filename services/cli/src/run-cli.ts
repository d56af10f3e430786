import { ConfigError } from '@licenseoperator/config'
import { RELEASE } from '@licenseoperator/db'
import { cac } from 'cac'
import { coloured, showsColours } from './colours.ts'
import { switches, topics } from './command-table.ts'
import { printHelpOn } from './commands/help.ts'
import type { Context, Entry, World } from './context.ts'
import { describeFailure } from './describe-failure.ts'
import { exitCodes } from './exit-codes.ts'
import { assertFlags, assertRequired, findCommand } from './find-command.ts'
import { everywhere } from './flags-everywhere.ts'
import { assertOutput, wantsJson } from './output.ts'
import { printable, printableLines } from './print.ts'
import { bindDashes, flagsOf, type TypedLine } from './read-flags.ts'

const PROGRAM = 'licenseoperator'

/**
 * Runs one command line.
 *
 * @param argv  arguments behind the program's name
 * @returns the exit code, see `exitCodes`
 */
export async function runCli(argv: readonly string[], world: World): Promise<number> {
  const line = flagsOf(argv, switches)
  const { flags } = line
  const context = contextOf(world, flags)
  try {
    return await dispatch(context, argv, line)
  } catch (error) {
    const { exitCode, text, json } = describeFailure(error, context.reach)
    const asJson = wantsJson(flags)
    const sentence = error instanceof ConfigError ? text : `${PROGRAM}: ${text}`
    world.note(asJson ? printable(JSON.stringify(json)) : problem(world, flags, printableLines(sentence)))
    return exitCode
  }
}

/** What is asked of the program itself is answered here; everything else is a command's. */
async function dispatch(context: Context, argv: readonly string[], { args, firstArgAt }: TypedLine): Promise<number> {
  const asked = (long: string, short: string) => context.flags.has(long) || args.includes(short)
  if (asked('help', '-h')) {
    printHelpOn(context, topics, args.filter((word) => word !== '-h').slice(0, 2))
    return exitCodes.done
  }
  if (asked('version', '-v')) {
    context.print(`${PROGRAM}/${RELEASE} ${process.platform}-${process.arch} node-${process.version}`)
    return exitCodes.done
  }
  if (argv.length === 0) printHelpOn(context, topics, [])
  const entry = findCommand(topics, args)
  assertFlags(entry, context.flags)
  assertOutput(context, entry.command)
  await checkWithCac(entry, entry.words.includes(' ') ? argv.toSpliced(firstArgAt, 1) : argv)
  assertRequired(entry, context.flags)
  return entry.command.run(context, args.slice(entry.words.split(' ').length))
}

/**
 * Lets the command library check arguments and values; what the flags say is read as typed.
 *
 * @param argv  without the name of the command's group
 */
async function checkWithCac({ command }: Entry, argv: readonly string[]): Promise<void> {
  const cli = cac(PROGRAM)
  const matched = cli.command(command.name, command.description)
  for (const [flag, description] of [...command.flags, ...everywhere]) matched.option(flag, description)
  matched.action(() => undefined)
  cli.parse(['node', PROGRAM, ...bindDashes(argv, switches)], { run: false })
  await cli.runMatchedCommand()
}

/** Whatever a command says goes through `printable`: one that forgets it has not opened a way for control characters. */
function contextOf(world: World, flags: Context['flags']): Context {
  const { status, terminal, env, now } = world
  const quiet = flags.has('quiet')
  const out = showsColours(terminal !== undefined, { flags, env })
  const beside = showsColours(world.notesToTerminal === true, { flags, env })
  return {
    env,
    now,
    terminal,
    flags,
    reach: {},
    print: (line, tone) => world.print(coloured(printableLines(line), out ? tone : undefined)),
    printRaw: world.print,
    note: (line, tone) => {
      if (!quiet || tone === 'problem') world.note(coloured(printableLines(line), beside ? tone : undefined))
    },
    status: quiet ? undefined : status && ((line) => status(printable(line))),
  }
}

function problem({ notesToTerminal, env }: World, flags: Context['flags'], text: string): string {
  return coloured(text, showsColours(notesToTerminal === true, { flags, env }) ? 'problem' : undefined)
}
