import type { Clock } from '../core/clock.ts'
import type { DeliveryEngine, DeliveryTry } from '../core/delivery-engine.ts'
import { matches } from '../core/faults.ts'
import type { Ids } from '../core/ids.ts'
import type { DeliveryRule, DeliverySwitches, Settings } from '../core/settings.ts'
import type { Store, StoredEndpoint } from '../core/store.ts'
import type { StoredEvent } from '../core/wire.ts'
import { orderBatch } from './order-batch.ts'
import { createPendingWork, type WorkKind } from './pending-work.ts'
import { postWebhook } from './post-webhook.ts'
import { createUndelivered } from './undelivered.ts'
import { bodyOf, type WebhookBody } from './webhook-body.ts'
import { headersFor } from './webhook-headers.ts'

interface Job {
  event: StoredEvent
  target: StoredEndpoint
  switches: DeliverySwitches
  attempt: number
  /** Rendered for the first try: every copy and retry has the same bytes. */
  body: WebhookBody | null
}

export function createDeliveryEngine(deps: {
  clock: Clock
  ids: Ids
  store: Store
  settings: { current: Settings }
}): DeliveryEngine {
  const { clock, ids, store, settings } = deps
  const tails = new Map<string, Promise<unknown>>()
  const ruleUses = new Map<DeliveryRule, number>()
  const work = createPendingWork()
  const undelivered = createUndelivered()
  const twins = new Map<string, StoredEvent>()
  const numbers = new Map<string, number>() // events in the order they were made
  let tries: DeliveryTry[] = []
  let batch: StoredEvent[] = []
  let heldJobs: Job[] = []
  let generation = 0 // `clear` starts a new one: what an older one still has under way leaves no trace

  function enqueue(event: StoredEvent): void {
    numbers.set(event.id, numbers.size)
    undelivered.expect(event, targetsOf(event))
    batch.push(event)
    if (batch.length > 1) return
    work.count('now', 1)
    const born = generation
    queueMicrotask(() => {
      if (born !== generation) return
      const events = batch
      batch = []
      sendBatch(events)
      work.count('now', -1)
    })
  }

  function targetsOf(event: StoredEvent): StoredEndpoint[] {
    return store.webhookEndpoints
      .newestFirst()
      .reverse()
      .filter(({ endpoint }) => endpoint.status === 'enabled')
      .filter(({ endpoint }) => endpoint.enabled_events.some((type) => type === '*' || type === event.type))
  }

  function sendBatch(events: StoredEvent[]): void {
    const { order, shuffleSeed, holdBack, concurrency } = settings.current.webhooks
    const ordered = orderBatch(events, order, shuffleSeed)
    const sequence = [...ordered.filter(({ type }) => type !== holdBack), ...ordered.filter(({ type }) => type === holdBack)]
    const started: Promise<unknown>[] = []
    for (const event of sequence) {
      for (const target of targetsOf(event)) {
        const job: Job = { event, target, switches: switchesFor(event), attempt: 0, body: null }
        const after = concurrency === 'serial' ? tails.get(target.id) : event.type === holdBack ? Promise.all(started) : undefined
        const done = start(job, after)
        started.push(done)
        tails.set(target.id, bothDone(tails.get(target.id), done))
      }
    }
  }

  function switchesFor(event: StoredEvent): DeliverySwitches {
    const { rules, ...switches } = settings.current.webhooks
    const rule = rules.find((entry) => {
      const fits = entry.match === event.id || matches(entry.match, event.type)
      return fits && (ruleUses.get(entry) ?? 0) < (entry.times ?? Number.POSITIVE_INFINITY)
    })
    if (rule !== undefined) ruleUses.set(rule, (ruleUses.get(rule) ?? 0) + 1)
    return { ...switches, ...rule }
  }

  /** Sends now, later, when released, or never. The promise settles after a first try made now. */
  function start(job: Job, after: Promise<unknown> | undefined): Promise<unknown> {
    const { delay, drop, stale } = job.switches
    if (drop) return Promise.resolve()
    if (stale || delay === 'until_released') {
      heldJobs.push(job)
      return Promise.resolve()
    }
    const delayMs = typeof delay === 'number' ? delay : delay.minMs + Math.random() * Math.max(0, delay.maxMs - delay.minMs)
    if (delayMs > 0) {
      later('delayed', delayMs, () => sendCopies(job))
      return Promise.resolve()
    }
    return underWay(async () => {
      await after
      await sendCopies(job)
    })
  }

  function later(kind: Exclude<WorkKind, 'now'>, afterMs: number, action: () => Promise<unknown>): void {
    work.count(kind, 1)
    const born = generation
    clock.at(clock.nowMs() + afterMs, () => {
      if (born !== generation) return
      void underWay(action)
      work.count(kind, -1)
    })
  }

  async function underWay(action: () => Promise<unknown>): Promise<void> {
    const born = generation
    work.count('now', 1)
    try {
      await action()
    } finally {
      if (born === generation) work.count('now', -1)
    }
  }

  async function sendCopies(job: Job): Promise<void> {
    const { copies, laterCopyMs, twoIds } = job.switches
    if (laterCopyMs !== null) later('delayed', laterCopyMs, () => tryOnce(job))
    await Promise.all([
      tryAndRetry(job),
      ...Array.from({ length: Math.max(0, copies - 1) }, () => tryOnce(job)),
      ...(twoIds ? [tryAndRetry({ ...job, event: twinOf(job.event), body: null })] : []),
    ])
    releaseStale(job)
  }

  /** Stripe sometimes tells one change as two events. */
  function twinOf(event: StoredEvent): StoredEvent {
    const twin = twins.get(event.id) ?? store.events.add({ ...event, id: ids.next('evt_') })
    if (!twins.has(event.id)) undelivered.expect(twin, targetsOf(twin))
    twins.set(event.id, twin)
    return twin
  }

  /** What was to come after a newer event about the same object comes now. */
  function releaseStale({ event, target }: Job): void {
    const number = numbers.get(event.id) ?? 0
    const due = heldJobs.filter(
      (held) =>
        held.switches.stale &&
        held.target.id === target.id &&
        held.event.data.object.id === event.data.object.id &&
        (numbers.get(held.event.id) ?? 0) < number,
    )
    heldJobs = heldJobs.filter((job) => !due.includes(job))
    for (const job of due) void underWay(() => sendCopies(job))
  }

  async function tryAndRetry(job: Job): Promise<void> {
    job.attempt += 1
    const succeeded = (await tryOnce(job))?.succeeded ?? true // an endpoint that is gone is not tried again
    const waitMs = settings.current.webhooks.retryDelaysMs[job.attempt - 1]
    if (!succeeded && waitMs !== undefined) later('retries', waitMs, () => tryAndRetry(job))
  }

  async function tryOnce(job: Job): Promise<DeliveryTry | undefined> {
    const born = generation
    const target = store.webhookEndpoints.get(job.target.id)
    if (target === undefined || target.endpoint.status !== 'enabled') return undefined
    const { url, api_version } = target.endpoint
    job.body ??= bodyOf(deps, job.event, api_version, job.switches)
    const result = await postWebhook(
      url,
      headersFor(job.switches, target.secret, job.body.signed.toString()),
      job.body.sent,
      settings.current.webhooks.timeoutMs,
    )
    const succeeded = result.status !== null && result.status >= 200 && result.status < 300
    const entry: DeliveryTry = {
      eventId: job.event.id,
      eventType: job.event.type,
      endpointId: target.id,
      url,
      attempt: Math.max(1, job.attempt),
      at: new Date().toISOString(),
      ...result,
      succeeded,
    }
    if (born !== generation) return entry
    tries.push(entry)
    if (succeeded) undelivered.taken(job.event, target.id)
    return entry
  }

  async function redeliver(event: StoredEvent, copies: number): Promise<DeliveryTry[]> {
    const { rules: _, ...switches } = settings.current.webhooks
    const made: DeliveryTry[] = []
    await underWay(async () => {
      for (const target of targetsOf(event)) {
        const job: Job = { event, target, switches, attempt: 1, body: null }
        const entries = await Promise.all(Array.from({ length: copies }, () => tryOnce(job)))
        made.push(...entries.filter((entry) => entry !== undefined))
      }
    })
    return made
  }

  return {
    enqueue,
    // A microtask later the batch has become tails.
    flushed: async () => {
      await Promise.resolve()
      await Promise.all(tails.values())
    },
    deliveries: () => [...tries],
    redeliver,
    release(match) {
      const released = heldJobs.filter(({ event }) => event.id === match || matches(match, event.type))
      heldJobs = heldJobs.filter((job) => !released.includes(job))
      for (const job of released) void underWay(() => sendCopies(job))
      return released.length
    },
    held: () => heldJobs.map(({ event }) => event),
    idle: work.idle,
    clear() {
      generation += 1
      tries = []
      batch = []
      heldJobs = []
      tails.clear()
      ruleUses.clear()
      twins.clear()
      numbers.clear()
      undelivered.clear()
      work.clear()
    },
  }
}

/** Settles with neither's result, so that a long chain of them keeps nothing alive. */
async function bothDone(first: Promise<unknown> | undefined, second: Promise<unknown>): Promise<void> {
  await Promise.all([first, second])
}
