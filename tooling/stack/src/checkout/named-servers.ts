import { environmentAddresses } from '../providers/environment.ts'
import { greets } from '../servers/wait-for-greeting.ts'
import { addresses } from '../stack.ts'
import type { CheckoutState } from './checkout-state.ts'

/** The servers that the environment names, unless they are the checkout's own: `eval "$(pnpm --silent stack up)"` exports those. */
export function namedServers(own: CheckoutState | undefined): { mysqlDsn: string; natsUrl: string } | undefined {
  const named = environmentAddresses()
  if (typeof named === 'string') return undefined
  if (own === undefined) return named
  const { mysqlDsn, natsUrl } = addresses(own.ports)
  return named.mysqlDsn === mysqlDsn && named.natsUrl === natsUrl ? undefined : named
}

/** True when both answer. A MySQL behind a Unix socket is not asked. */
export async function doNamedServersAnswer(named: { mysqlDsn: string; natsUrl: string }): Promise<boolean> {
  const [, host, port] = /@tcp\(\[?([^)\]]+?)\]?(?::(\d+))?\)/.exec(named.mysqlDsn) ?? []
  const nats = new URL(named.natsUrl.split(',')[0] ?? '')
  const answers = await Promise.all([
    host === undefined ? true : greets('MySQL', host, Number(port ?? 3306)),
    greets('NATS', nats.hostname, Number(nats.port || 4222)),
  ])
  return answers.every(Boolean)
}
