/** Emulator time. Every `created`, expiry and retry comes from here; only signatures and durations use the machine's clock. */
export interface Clock {
  nowMs(): number
  /** Whole seconds, Stripe's unit. */
  now(): number
  /** Whole seconds of this clock itself, also while work runs with another present. */
  ownNow(): number
  /** Runs `action` once emulator time reaches `dueMs`. Returns a function that forgets it. */
  at(dueMs: number, action: () => void): () => void
  /** Stops time at this instant; it then moves only by `advance`. */
  freeze(atMs?: number): void
  /** Moves a frozen clock forward, running what falls due in time order. Real time cannot be advanced. */
  advance(byMs: number): void
  thaw(): void
  /**
   * Runs `work` with another present: what it makes is dated `atMs`, as on a test clock. What it schedules stays as far away as it says, on this clock.
   */
  as<T>(atMs: number, work: () => T): T
  isFrozen(): boolean
  /** Forgets everything scheduled. */
  clear(): void
}

interface Alarm {
  dueMs: number
  order: number
  action: () => void
}

// setTimeout takes 31 bits; a longer wait is taken in steps.
const longestTimeoutMs = 2 ** 31 - 1

export function createClock(): Clock {
  const alarms = new Set<Alarm>()
  let frozenAtMs: number | undefined
  let timer: NodeJS.Timeout | undefined
  let order = 0

  let presentMs: number | undefined
  const ownNowMs = () => frozenAtMs ?? Date.now()
  const nowMs = () => presentMs ?? ownNowMs()
  // Looked for on every change, and each session has an alarm: one pass, no sorting.
  const nextAlarm = () => {
    let next: Alarm | undefined
    for (const alarm of alarms) {
      if (next === undefined || alarm.dueMs < next.dueMs || (alarm.dueMs === next.dueMs && alarm.order < next.order)) next = alarm
    }
    return next
  }

  function arm(): void {
    clearTimeout(timer)
    const next = nextAlarm()
    if (frozenAtMs !== undefined || next === undefined) return
    timer = setTimeout(ring, Math.min(Math.max(0, next.dueMs - Date.now()), longestTimeoutMs))
    timer.unref() // a session that expires tomorrow must not keep the process alive
  }

  function ring(): void {
    for (let next = nextAlarm(); next !== undefined && next.dueMs <= ownNowMs(); next = nextAlarm()) {
      alarms.delete(next)
      next.action()
    }
    arm()
  }

  return {
    nowMs,
    now: () => Math.floor(nowMs() / 1000),
    ownNow: () => Math.floor(ownNowMs() / 1000),
    at(dueMs, action) {
      const alarm = { dueMs: presentMs === undefined ? dueMs : dueMs - presentMs + ownNowMs(), order: order++, action }
      alarms.add(alarm)
      arm()
      return () => {
        alarms.delete(alarm)
      }
    },
    freeze(atMs = ownNowMs()) {
      frozenAtMs = atMs
      arm()
    },
    advance(byMs) {
      if (frozenAtMs === undefined) throw new Error('only a frozen clock can be advanced')
      const target = frozenAtMs + byMs
      for (let next = nextAlarm(); next !== undefined && next.dueMs <= target; next = nextAlarm()) {
        frozenAtMs = Math.max(frozenAtMs, next.dueMs)
        alarms.delete(next)
        next.action()
      }
      frozenAtMs = target
    },
    thaw() {
      frozenAtMs = undefined
      arm()
    },
    as(atMs, work) {
      const before = presentMs
      presentMs = atMs
      try {
        return work()
      } finally {
        presentMs = before
      }
    },
    isFrozen: () => frozenAtMs !== undefined,
    clear() {
      alarms.clear()
      clearTimeout(timer)
    },
  }
}
