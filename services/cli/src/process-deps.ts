import type { ProcessDeps } from '@licenseoperator/billing'
import type { Config } from '@licenseoperator/config'
import type { Db } from '@licenseoperator/db'
import type { Log } from '@licenseoperator/domain'
import { createStripe } from '@licenseoperator/stripe'
import type { Context, Tone } from './context.ts'
import { keyRingOf } from './load.ts'

/** A shell can wait longer than an HTTP caller. */
const TIMEOUT_MS = 20_000

/** What processing an event at the shell works with; what is parked on the way is said beside the output. */
export function processDepsOf(context: Context, config: Config<'security' | 'stripe' | 'nats'>, db: Db): ProcessDeps {
  const { stripe, nats, licensePolicy, server } = config
  return {
    db,
    stripe: createStripe({
      apiKey: stripe.apiKey.reveal(),
      apiBase: stripe.apiBase,
      timeoutMs: TIMEOUT_MS,
      maxNetworkRetries: 3,
    }),
    keys: keyRingOf(config),
    policy: licensePolicy,
    subjectLicenseIssued: nats.subjectLicenseIssued,
    publicBaseUrl: server.publicBaseUrl,
    reach: context.reach,
    log: quietLog(context),
    now: context.now,
  }
}

function quietLog({ note }: Context): Log {
  const nothing = () => undefined
  const said = (tone: Tone) => (message: string, fields?: Readonly<Record<string, unknown>>) =>
    note(
      `${message}: ${Object.values(fields ?? {})
        .filter((value) => value !== undefined)
        .join(', ')}`,
      tone,
    )
  return { debug: nothing, info: nothing, warn: said('warning'), error: said('problem') }
}
