import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { findCheckoutStack, resetCheckoutStack, startCheckoutStack, stopCheckoutStack } from './checkout/checkout-stack.ts'
import type { CheckoutState } from './checkout/checkout-state.ts'
import { readState } from './checkout/checkout-state.ts'
import { doNamedServersAnswer, namedServers } from './checkout/named-servers.ts'
import { addresses } from './stack.ts'

// pnpm stack up|down|status|reset

const FOLDER = join(fileURLToPath(new URL('../../..', import.meta.url)), '.stack')
const FAILED = 1
const USAGE = 2
const NOT_RUNNING = 3

/** On stderr, so that stdout holds nothing but what a shell can evaluate. */
const say = (line: string) => void process.stderr.write(`stack: ${line}\n`)

function show(state: CheckoutState): number {
  const { mysqlDsn, natsUrl } = addresses(state.ports)
  say(`provider=${state.provider} (${state.providerDetail})`)
  say(`MySQL ${mysqlDsn}`)
  say(`NATS  ${natsUrl}`)
  process.stdout.write(`export LICENSEOPERATOR_MYSQL_DSN='${mysqlDsn}'\nexport LICENSEOPERATOR_NATS_URL='${natsUrl}'\n`)
  return 0
}

const ownCommands = {
  up: async () => show(await startCheckoutStack(FOLDER, say)),
  down: async () => {
    say((await stopCheckoutStack(FOLDER, say)) ? 'stopped; the data stay in .stack' : 'was not running')
    return 0
  },
  status: async () => {
    const state = await findCheckoutStack(FOLDER)
    if (state !== undefined) return show(state)
    say('not running')
    return NOT_RUNNING
  },
  reset: async () => show(await resetCheckoutStack(FOLDER, say)),
}

type Action = keyof typeof ownCommands

/** For servers that the environment names: somebody else's, so they are shown and never touched. Their DSN may hold a password. */
function namedCommands(named: { mysqlDsn: string; natsUrl: string }): Record<Action, () => Promise<number>> {
  const status = async () => {
    const answer = await doNamedServersAnswer(named)
    say(
      `provider=environment: LICENSEOPERATOR_MYSQL_DSN and LICENSEOPERATOR_NATS_URL are set; the servers ${answer ? '' : 'do not '}answer`,
    )
    return answer ? 0 : NOT_RUNNING
  }
  return {
    up: status,
    status,
    down: ownCommands.down,
    reset: async () => {
      say('refused: LICENSEOPERATOR_MYSQL_DSN and LICENSEOPERATOR_NATS_URL name servers that this command did not start')
      return FAILED
    },
  }
}

const isAction = (word: string | undefined): word is Action => word !== undefined && Object.hasOwn(ownCommands, word)

const [action, ...rest] = process.argv.slice(2)
if (!isAction(action) || rest.length > 0) {
  say('usage: pnpm stack up|down|status|reset')
  process.exitCode = USAGE
} else {
  try {
    const named = namedServers(readState(FOLDER))
    process.exitCode = await (named === undefined ? ownCommands : namedCommands(named))[action]()
  } catch (error) {
    say(error instanceof Error ? error.message : String(error))
    process.exitCode = FAILED
  }
}
