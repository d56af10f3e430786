import { type Log, newId } from '@licenseoperator/domain'
import type { Metrics } from '@licenseoperator/http'
import { type DeliverDeps, type Delivery, deliverNext, smtpPlace } from '@licenseoperator/mail/sending'
import { every, pause } from '../every.ts'

/** Mails sent side by side: one that hangs must not hold up the others. */
const WORKERS = 4
const IDLE_MS = 1000
const MAX_PAUSE_MS = 60_000

/**
 * Sends what is due until the signal. A server that is away is looked for after longer and longer pauses; meanwhile mails wait and nothing else does.
 *
 * @param onAway  told when a try failed for another reason than the server: MySQL
 */
export async function runDelivery(
  deps: Omit<DeliverDeps, 'owner' | 'onMaybeTwice'>,
  metrics: Metrics,
  onAway: (error: unknown) => void,
): Promise<void> {
  const { signal } = deps
  const outcomes = metrics.counter('licenseoperator_mail_total', 'Tries to send a mail, by what became of them', ['outcome'])
  const maybeTwice = metrics.counter(
    'licenseoperator_mail_maybe_twice_total',
    'Mails sent again although the one before may have arrived: the answer, or we, were lost in between',
  )
  const reachable = metrics.gauge(
    'licenseoperator_smtp_usable',
    '1 when the SMTP server last took or judged a mail, 0 when it could not be used',
  )
  // Its absence is an answer nobody has found yet, but an alert on its rise needs a start.
  maybeTwice.inc({}, 0)
  const onServer = serverWatch(deps.log, smtpPlace(deps.smtp), (usable) => reachable.set({}, usable ? 1 : 0))
  const work = async () => {
    const owner = newId('mailer')
    let failures = 0
    await every(
      IDLE_MS,
      signal,
      async () => {
        const delivery = await deliverNext({ ...deps, owner, onMaybeTwice: () => maybeTwice.inc({}) })
        if (delivery.kind === 'idle' || delivery.kind === 'stopped') return 0
        outcomes.inc({ outcome: delivery.kind })
        onServer(delivery)
        failures = delivery.kind === 'server' ? failures + 1 : 0
        if (failures > 0) await pause(Math.min(MAX_PAUSE_MS, IDLE_MS * 2 ** Math.min(failures, 6)), signal)
        return 1
      },
      onAway,
    )
  }
  await Promise.all(Array.from({ length: WORKERS }, work))
}

/** Says once that the server cannot be used, and once that it can again: what lasts would fill the log otherwise. */
function serverWatch(log: Log, server: string, onChange: (usable: boolean) => void): (delivery: Delivery) => void {
  let usable: boolean | undefined
  return (delivery) => {
    // Of a mail that is dead before it is sent the server has heard nothing, and an answer that was lost says nothing of it.
    if (delivery.kind !== 'sent' && delivery.kind !== 'later' && delivery.kind !== 'server') return
    const now = delivery.kind !== 'server'
    if (now === usable) return
    if (delivery.kind === 'server') log.error('mails wait: the SMTP server cannot be used', { server, reason: delivery.reason })
    else if (now && usable === false) log.info('the SMTP server can be used again', { server })
    usable = now
    onChange(now)
  }
}
