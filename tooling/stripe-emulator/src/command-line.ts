import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import type { EmulatorOptions } from './start-emulator.ts'
import { version } from './version.ts'

export const usage = `stripe-emulator ${version}: a Stripe on this machine, for tests and development

Usage: stripe-emulator [options]

  --port NUMBER            listens on 127.0.0.1:NUMBER; default: a free port
  --host ADDRESS           listens there instead of 127.0.0.1; 0.0.0.0 in a container
  --public-url URL         where a browser reaches the pages; default: http://127.0.0.1:NUMBER
  --key KEY                an API key that is accepted, sk_test_… or rk_test_…; may be given several times; default: made up
  --token TOKEN            what the control API asks for; default: made up
  --webhook URL            every event is sent there, to this machine or a --webhook-host only
  --webhook-host NAME      a host that webhooks may be sent to beside this machine; may be given several times
  --webhook-secret SECRET  signs what is sent to that URL; default: made up
  --secrets FOLDER         reads stripe_api_key, stripe_webhook_secret and control_token there, instead of the three options
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
  const secrets = given.secrets === undefined ? undefined : readSecrets(given.secrets)
  if (typeof secrets === 'string') return { refuse: secrets }
  if (secrets !== undefined && (given.key ?? given.token ?? given['webhook-secret']) !== undefined)
    return { refuse: '--secrets excludes --key, --token and --webhook-secret' }
  const secret = secrets?.webhookSecret ?? given['webhook-secret']
  if (given['webhook-secret'] !== undefined && given.webhook === undefined) return { refuse: '--webhook-secret needs --webhook' }
  if (secret === '') return { refuse: '--webhook-secret is empty' }
  const apiKeys = secrets === undefined ? given.key : [secrets.apiKey]
  const controlToken = secrets?.controlToken ?? given.token
  return {
    start: {
      port,
      ...(given.host === undefined ? {} : { host: given.host }),
      ...(given['public-url'] === undefined ? {} : { publicUrl: given['public-url'] }),
      ...(apiKeys === undefined ? {} : { apiKeys }),
      ...(controlToken === undefined ? {} : { controlToken }),
      ...(given.record === undefined ? {} : { recordFile: given.record }),
      ...(given.store === undefined ? {} : { storeFile: given.store }),
      ...(given.seed === undefined ? {} : { seed: given.seed }),
      ...(given['webhook-host'] === undefined ? {} : { webhookHosts: given['webhook-host'] }),
      ...(given.webhook === undefined ? {} : { webhook: { url: given.webhook, ...(secret === undefined ? {} : { secret }) } }),
    },
  }
}

/** What two programs of one machine share is not for its list of processes. @returns what is wrong, as text */
function readSecrets(folder: string): { apiKey: string; webhookSecret: string; controlToken: string } | string {
  const read = (name: string) => readFileSync(join(folder, name), 'utf8').trim()
  try {
    return {
      apiKey: read('stripe_api_key'),
      webhookSecret: read('stripe_webhook_secret'),
      controlToken: read('control_token'),
    }
  } catch (error) {
    return `--secrets: ${error instanceof Error ? error.message : String(error)}`
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
        host: { type: 'string' },
        'public-url': { type: 'string' },
        secrets: { type: 'string' },
        webhook: { type: 'string' },
        'webhook-host': { type: 'string', multiple: true },
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
