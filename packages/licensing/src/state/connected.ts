import { isChange, type PaidTime } from './supersession.ts'

/** A subscription's purchases by the time that they are paid for. */
export interface Periods {
  /** Those that start in `[from, until)`. */
  readonly startingWithin: (from: Date, until: Date) => Promise<readonly PaidTime[]>
  /** Those that started by `last` and last beyond `first`. */
  readonly lastingInto: (first: Date, last: Date) => Promise<readonly PaidTime[]>
}

/**
 * Purchases that these hang together with: only a change of plan ties purchases to each other, to what it replaced and through that to further changes. So
 * the time looked at grows until it holds every change within, and all that those replaced.
 *
 * @returns their keys, the given ones included
 */
export async function connected(periods: Periods, start: readonly PaidTime[]): Promise<string[]> {
  const found = new Map(start.map((purchase) => [purchase.key, purchase]))
  for (let before = -1; found.size > before; ) {
    before = found.size
    const all = [...found.values()]
    const [from, until] = [earliest(all.map(({ issuedAt }) => issuedAt)), latest(all.map(({ expiresAt }) => expiresAt))]
    if (from === undefined || until === undefined) break
    const within = await periods.startingWithin(from, until)
    const changes = [...all, ...within].filter(isChange)
    const [first, last] = [earliest(changes.map(({ issuedAt }) => issuedAt)), latest(changes.map(({ issuedAt }) => issuedAt))]
    if (first === undefined || last === undefined) break
    const replaced = await periods.lastingInto(first, last)
    for (const purchase of [...changes, ...replaced]) found.set(purchase.key, purchase)
  }
  return [...found.keys()]
}

function earliest(instants: readonly Date[]): Date | undefined {
  return instants.reduce<Date | undefined>(
    (found, instant) => (found === undefined || instant < found ? instant : found),
    undefined,
  )
}

function latest(instants: readonly Date[]): Date | undefined {
  return instants.reduce<Date | undefined>(
    (found, instant) => (found === undefined || instant > found ? instant : found),
    undefined,
  )
}
