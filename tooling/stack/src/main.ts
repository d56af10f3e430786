import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import {
  type CheckoutStack,
  findCheckoutStack,
  removeCheckoutStack,
  startCheckoutStack,
  stopCheckoutStack,
} from './checkout-stack.ts'

const FOLDER = join(fileURLToPath(new URL('../../..', import.meta.url)), '.stack')
const EX_USAGE = 2
const NOT_RUNNING = 3

const say = (line: string) => process.stderr.write(`stack: ${line}\n`)

function describe(stack: CheckoutStack): void {
  process.stdout.write(
    `provider ${stack.provider} (${stack.detail})\nexport LICENSEOPERATOR_MYSQL_DSN='${stack.mysqlDsn}'\nexport LICENSEOPERATOR_NATS_URL='${stack.natsUrl}'\n`,
  )
}

const commands: Record<string, () => Promise<number>> = {
  up: async () => {
    describe(await startCheckoutStack(FOLDER, say))
    return 0
  },
  down: async () => {
    say((await stopCheckoutStack(FOLDER)) ? 'stopped; the data stays in .stack' : 'was not running')
    return 0
  },
  status: async () => {
    const stack = findCheckoutStack(FOLDER)
    if (stack === undefined) say('not running')
    else describe(stack)
    return stack === undefined ? NOT_RUNNING : 0
  },
  reset: async () => {
    await removeCheckoutStack(FOLDER)
    describe(await startCheckoutStack(FOLDER, say))
    return 0
  },
}

/** Servers that somebody else runs are shown and never touched. */
function named(): CheckoutStack | undefined {
  const { LICENSEOPERATOR_MYSQL_DSN: mysqlDsn, LICENSEOPERATOR_NATS_URL: natsUrl } = process.env
  if (mysqlDsn === undefined || natsUrl === undefined) return undefined
  return { provider: 'environment', detail: 'servers named by the environment', mysqlDsn, natsUrl, processes: [] }
}

async function onNamed(action: string, stack: CheckoutStack): Promise<number> {
  if (action === 'up' || action === 'status') {
    describe(stack)
    return 0
  }
  say(`${action} is refused: LICENSEOPERATOR_MYSQL_DSN and LICENSEOPERATOR_NATS_URL name servers that this command did not start`)
  return 1
}

const action = process.argv[2] ?? ''
const environment = named()
const command = commands[action]
if (command === undefined) {
  say('usage: pnpm stack up|down|status|reset')
  process.exitCode = EX_USAGE
} else {
  try {
    process.exitCode = environment === undefined ? await command() : await onNamed(action, environment)
  } catch (error) {
    say(error instanceof Error ? error.message : 'failed')
    process.exitCode = 1
  }
}
