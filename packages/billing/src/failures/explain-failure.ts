import { explainMysql, type MysqlPlace } from '@licenseoperator/db'
import { DomainError } from '@licenseoperator/domain'
import { EventsUnavailable, readNatsUrl } from '@licenseoperator/events'
import { explainStripe } from '@licenseoperator/stripe'

/** What a process talks to, as far as it was configured. */
export interface Reach {
  readonly mysql?: MysqlPlace | undefined
  /** With credentials; only the address is ever said. */
  readonly natsUrl?: string | undefined
  /** Absent: Stripe's own. */
  readonly stripeApiBase?: string | undefined
}

/** The part of the configuration that says where the services are. */
export function reachOf(config: {
  readonly mysql: MysqlPlace
  readonly nats: { readonly url: { reveal(): string } }
  readonly stripe: { readonly apiBase?: string | undefined }
}): Reach {
  return { mysql: config.mysql, natsUrl: config.nats.url.reveal(), stripeApiBase: config.stripe.apiBase }
}

/** Which of the services that the operator rests on failed, where, and why. */
export interface ServiceFailure {
  readonly service: 'MySQL' | 'NATS' | 'Stripe'
  readonly address: string
  /** The most exact word of driver or server: `ER_ACCESS_DENIED_ERROR`, `ECONNREFUSED`. */
  readonly code: string
  /** One sentence that names service, address and cause; never a secret, SQL or a payload. */
  readonly sentence: string
}

/**
 * Turns any error into what an operator can act on, where a service that the operator rests on is behind it. The one place that knows all three.
 *
 * @returns `undefined` for an error that none of them caused
 */
export function explainFailure(error: unknown, reach: Reach): ServiceFailure | undefined {
  const stripe = explainStripe(error, reach.stripeApiBase)
  if (stripe !== undefined) return { service: 'Stripe', ...stripe }
  const nats = explainNats(error, reach.natsUrl)
  if (nats !== undefined) return nats
  const mysql = explainMysql(error, reach.mysql)
  return mysql && { service: 'MySQL', ...mysql }
}

function explainNats(error: unknown, url: string | undefined): ServiceFailure | undefined {
  if (!(error instanceof EventsUnavailable)) return undefined
  const address = (url === undefined ? undefined : readNatsUrl(url)?.address) ?? 'an unknown address'
  const { cause, message } = error
  const code = typeof cause === 'object' && cause !== null && 'code' in cause ? String(cause.code) : 'nats_unavailable'
  const sentence = `${message.startsWith('NATS at ') ? message : `NATS at ${address} cannot be used: ${message}`} (${code})`
  return { service: 'NATS', address, code, sentence }
}

/**
 * For a log, or beside an event that waits: which service is behind an error, or the refusal itself. Of other errors the name alone, because their messages
 * may carry values.
 */
export function whyFailed(error: unknown, reach: Reach = {}): string {
  const service = explainFailure(error, reach)
  if (service !== undefined) return service.sentence
  if (error instanceof DomainError) return error.message
  return error instanceof Error ? error.name : 'unknown'
}

/** What a service says that cannot start. Its own sentence, where no service is behind the error. */
export function whyNotStarted(error: unknown, reach: Reach): string {
  const refusal = error instanceof DomainError && error.code !== 'temporarily_unavailable'
  const service = refusal ? undefined : explainFailure(error, reach)
  if (service !== undefined) return service.sentence
  return error instanceof Error ? error.message : 'cannot start'
}
