import { parseArgs } from 'node:util'
import type { EmulatorOptions } from './start-emulator.ts'
import { version } from './version.ts'

export const usage = `stripe-emulator ${version}: a Stripe on this machine, for tests and development

Usage: stripe-emulator [options]

  --port NUMBER            listens on 127.0.0.1:NUMBER; default: a free port
  --key KEY                an API key that is accepted, sk_test_… or rk_test_…; may be given several times; default: made up
  --token TOKEN            what the control API asks for; default: made up
  --webhook URL            every event is sent there, to this machine only
  --webhook-secret SECRET  signs what is sent to that URL; default: made up
  --record FILE            appends each request and event as a JSON line
  --store FILE             keeps everything in this file, and reads it at the start
  --seed TEXT              repeatable ids; not together with --store
  --help                   prints this
  --version                prints the version

Once it listens it prints one line of JSON: url, port, apiKey, controlToken, pid, and webhookSecret with --webhook.
It ends on SIGTERM or Ctrl-C. Exit codes: 0 ended, 1 cannot start, 64 wrong options.
`

export type Command = { start: EmulatorOptions } | { print: string } | { refuse: string }

/** What the arguments ask for; a wrong one is refused by its name. */
export function readCommandLine(args: readonly string[]): Command {
  const given = parse(args)
  if ('refuse' in given) return given
  if (given.help === true) return { print: usage }
  if (given.version === true) return { print: `${version}\n` }
  const port = Number(given.port ?? '0')
  if (given.port === '' || !Number.isInteger(port) || port < 0 || port > 65_535) return { refuse: `not a port: ${given.port}` }
  const secret = given['webhook-secret']
  if (secret !== undefined && given.webhook === undefined) return { refuse: '--webhook-secret needs --webhook' }
  if (secret === '') return { refuse: '--webhook-secret is empty' }
  return {
    start: {
      port,
      ...(given.key === undefined ? {} : { apiKeys: given.key }),
      ...(given.token === undefined ? {} : { controlToken: given.token }),
      ...(given.record === undefined ? {} : { recordFile: given.record }),
      ...(given.store === undefined ? {} : { storeFile: given.store }),
      ...(given.seed === undefined ? {} : { seed: given.seed }),
      ...(given.webhook === undefined ? {} : { webhook: { url: given.webhook, ...(secret === undefined ? {} : { secret }) } }),
    },
  }
}

function parse(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      options: {
        port: { type: 'string' },
        key: { type: 'string', multiple: true },
        token: { type: 'string' },
        webhook: { type: 'string' },
        'webhook-secret': { type: 'string' },
        record: { type: 'string' },
        seed: { type: 'string' },
        store: { type: 'string' },
        help: { type: 'boolean', short: 'h' },
        version: { type: 'boolean', short: 'v' },
      },
    }).values
  } catch (error) {
    // `parseArgs` names the argument; its hint on how to write a positional one is of no use here.
    return { refuse: error instanceof Error ? (error.message.split('. ')[0] ?? error.message) : String(error) }
  }
}
