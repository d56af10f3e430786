import { setTimeout as sleep } from 'node:timers/promises'
import { openDatabase } from '@licenseoperator/db'
import { accountOf } from '@licenseoperator/db/testing'
import type { Environment } from '@licenseoperator/demo'
import { sql } from 'kysely'
import { connect } from 'nats'
import { z } from 'zod'

const SUBJECT = 'licenseoperator.license.issued'
const Announced = z.object({ licenseId: z.string(), group: z.string() })

/** What is on record: stored licenses, and announcements in the stream. */
export interface Books {
  readonly licenses: readonly { readonly licenseId: string; readonly issuanceKey: string }[]
  readonly announced: readonly string[]
  readonly unpublished: number
  readonly unsettled: number
}

/** Reads everything that was stored and announced so far, from the stream's first message on. */
export async function readBooks(environment: Environment): Promise<Books> {
  const database = openDatabase(accountOf(environment.stack.mysqlDsn))
  try {
    const { db } = database
    const licenses = await db
      .selectFrom('licenses')
      .select(['license_id as licenseId', 'issuance_key as issuanceKey'])
      .orderBy('license_id')
      .execute()
    const unpublished = await sql<{ n: number }>`SELECT COUNT(*) AS n FROM outbox WHERE published_at IS NULL`.execute(db)
    const unsettled = await sql<{ n: number }>`SELECT COUNT(*) AS n FROM stripe_events WHERE status = 'received'`.execute(db)
    return {
      licenses,
      announced: await announcements(environment.stack.natsUrl),
      unpublished: Number(unpublished.rows[0]?.n),
      unsettled: Number(unsettled.rows[0]?.n),
    }
  } finally {
    await database.close()
  }
}

/** Waits until the books satisfy the condition. @throws Error with the books as they are when they do not in time */
export async function untilBooks(
  environment: Environment,
  condition: (books: Books) => boolean,
  timeoutMs = 60_000,
): Promise<Books> {
  const deadline = Date.now() + timeoutMs
  for (;;) {
    const books = await readBooks(environment)
    if (condition(books)) return books
    if (Date.now() > deadline) throw new Error(`the books do not agree: ${JSON.stringify(books)}`)
    await sleep(200)
  }
}

async function announcements(natsUrl: string): Promise<string[]> {
  const connection = await connect({ servers: natsUrl })
  try {
    const manager = await connection.jetstreamManager()
    const stream = await manager.streams.find(SUBJECT).catch(() => undefined)
    // The first process that needs the stream makes it.
    if (stream === undefined) return []
    const { state } = await manager.streams.info(stream)
    const ids: string[] = []
    for (let seq = state.first_seq; seq <= state.last_seq && state.messages > 0; seq += 1) {
      ids.push(Announced.parse((await manager.streams.getMessage(stream, { seq })).json()).licenseId)
    }
    return ids
  } finally {
    await connection.close()
  }
}
