import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { deserialize, serialize } from 'node:v8'
import { expireInTime } from '../checkout/expire-session.ts'
import type { Emulation } from '../core/emulation.ts'
import type { Settings } from '../core/settings.ts'
import { Collection, type Store } from '../core/store.ts'

/** Everything an emulator knows, as data: a price in a subscription's item stays the same object as in the list of prices. */
export interface Snapshot {
  readonly store: Record<string, unknown>
  readonly settings: Settings
  /** Milliseconds; `null` for a clock that runs. */
  readonly frozenAtMs: number | null
}

/** What is under way (deliveries, debits and refunds that have not settled, idempotency keys) is not part of it. */
export function takeSnapshot({ store, settings, clock }: Emulation): Snapshot {
  const data = Object.fromEntries(
    Object.entries(store).map(([name, part]) => [name, part instanceof Collection ? part.all() : part]),
  )
  return structuredClone({
    store: data,
    settings: settings.current,
    frozenAtMs: clock.isFrozen() ? clock.nowMs() : null,
  })
}

/** Back to how it was. Open sessions expire in time again; debits and refunds that had not settled wait for the control call. */
export function restoreSnapshot(emulation: Emulation, snapshot: Snapshot): void {
  const { store, settings, frozenAtMs } = structuredClone(snapshot)
  emulation.engine.clear()
  emulation.idempotency.clear()
  emulation.clock.clear()
  if (frozenAtMs === null) emulation.clock.thaw()
  else emulation.clock.freeze(frozenAtMs)
  emulation.settings.current = settings
  for (const [name, part] of Object.entries(emulation.store)) loadPart(part, store[name])
  for (const session of emulation.store.sessions.newestFirst()) {
    if (session.session.status === 'open') expireInTime(emulation, session)
  }
}

function loadPart(part: Store[keyof Store], data: unknown): void {
  if (part instanceof Collection) {
    if (Array.isArray(data)) part.load(data)
  } else if (part instanceof Map) {
    part.clear()
    if (data instanceof Map) for (const [key, value] of data) part.set(key, value)
  } else if (part instanceof Set) {
    part.clear()
    if (data instanceof Set) for (const value of data) part.add(value)
  } else Object.assign(part, data)
}

/** Writes a snapshot to a file only its owner can read: it holds the signing secrets of webhook endpoints. */
export function saveTo(path: string, emulation: Emulation): void {
  writeFileSync(`${path}.new`, serialize(takeSnapshot(emulation)), { mode: 0o600 })
  renameSync(`${path}.new`, path)
}

/** @throws Error for a file that is no snapshot */
export function loadFrom(path: string, emulation: Emulation): void {
  if (!existsSync(path)) return
  restoreSnapshot(emulation, asSnapshot(path, readFileSync(path)))
}

function asSnapshot(path: string, bytes: Buffer): Snapshot {
  try {
    const data: Snapshot = deserialize(bytes)
    if (typeof data.store === 'object' && typeof data.settings === 'object') return data
  } catch {
    // Said below, with the file's name.
  }
  throw new Error(`${path} is not a store of the emulator`)
}
