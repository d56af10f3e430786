import { readFileSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { openDatabase } from '@licenseoperator/db'
import { accountOf } from '@licenseoperator/db/testing'
import type { Environment } from '@licenseoperator/demo'
import type { Stack } from '@licenseoperator/stack'
import { sql } from 'kysely'
import type { Fleet } from './fleet.ts'

/** Something that goes wrong and is mended again. */
export interface Fault {
  readonly name: string
  /** Only sales bring it about. */
  readonly needsSales?: true
  /** Lasts until it is mended. @throws Error when it did not happen: a fault that did not fire proves nothing */
  strike(): Promise<void>
}

type Control = NonNullable<Stack['mysql']>

/** The faults that are no killed process of ours, 20 in all, each harmful in another way. */
export function otherFaults(fleet: Fleet): Fault[] {
  const { environment } = fleet
  const { mysql, nats } = environment.stack
  if (mysql === undefined || nats === undefined)
    throw new Error('the campaign needs a private stack: unset LICENSEOPERATOR_MYSQL_DSN')
  const processor = fleet.instances.processor[0]
  return [
    killed('mysql killed', mysql, 1000),
    stripeFault(environment, 'stripe makes the session and the answer is lost', { cut: 'after', count: 3 }),
    killed('nats killed', nats, 1000),
    frozen('mysql hangs', () => mysql.pid, 6000),
    stripeFault(environment, 'stripe keeps a 500 under the key', { status: 500, remember: true, count: 2 }),
    { name: 'connections of mysql killed', strike: () => killConnections(environment) },
    frozen('nats hangs', () => nats.pid, 6000),
    { name: 'mysql read-only', strike: () => readOnly(environment, 4000) },
    stripeFault(environment, 'stripe limits the rate', { status: 429, count: 3 }),
    frozen('a processor hangs', () => processor?.pid, 5000),
    killed('mysql killed again', mysql, 3000),
    killed('nats killed again', nats, 5000),
    { name: 'forged webhooks', strike: () => forgedWebhooks(environment) },
    { name: 'mysql and nats killed', strike: () => bothKilled(mysql, nats, 2000) },
    lostWebhooks(environment, 'webhooks that never come', 5),
    stripeFault(environment, 'stripe answers garbage', { garbled: true, count: 2 }),
    frozen('mysql hangs again', () => mysql.pid, 10_000),
    { name: 'connections of mysql killed again', strike: () => killConnections(environment) },
    killed('nats killed at once again', nats, 0),
    stripeFault(environment, 'stripe is away', { status: 503, count: 6 }),
  ]
}

function killed(name: string, server: Control, awayMs: number): Fault {
  return {
    name,
    async strike() {
      const { pid } = server
      await server.stop('SIGKILL')
      await sleep(awayMs)
      await server.start()
      if (server.pid === pid) throw new Error(`${name}: the server is the same`)
    },
  }
}

async function bothKilled(mysql: Control, nats: Control, awayMs: number): Promise<void> {
  await Promise.all([mysql.stop('SIGKILL'), nats.stop('SIGKILL')])
  await sleep(awayMs)
  await Promise.all([mysql.start(), nats.start()])
}

function frozen(name: string, pidOf: () => number | undefined, forMs: number): Fault {
  return {
    name,
    async strike() {
      let pid = pidOf()
      // A process of ours may be between two lives.
      for (; pid === undefined; pid = pidOf()) await sleep(50)
      process.kill(pid, 'SIGSTOP')
      await sleep(50)
      // "123 (mysqld) T …": stopped.
      const stopped = / \(.*\) T /.test(readFileSync(`/proc/${pid}/stat`, 'utf8'))
      await sleep(forMs)
      process.kill(pid, 'SIGCONT')
      if (!stopped) throw new Error(`${name}: it was not stopped`)
    },
  }
}

/** The next checkouts meet it. */
function stripeFault(
  environment: Environment,
  name: string,
  fault: Omit<Parameters<Environment['control']['fault']>[0], 'route'>,
): Fault {
  const route = 'POST /v1/checkout/sessions'
  return {
    name,
    needsSales: true,
    async strike() {
      await environment.control.fault({ route, ...fault })
      for (const deadline = Date.now() + 30_000; Date.now() < deadline; await sleep(100)) {
        if ((await environment.control.pendingFaults()).length === 0) return
      }
      throw new Error(`${name}: not all of it happened`)
    },
  }
}

/** Sales whose webhook never comes: only reconciling finds them. */
function lostWebhooks(environment: Environment, name: string, times: number): Fault {
  const type = 'checkout.session.completed'
  const sold = async () => (await environment.control.events()).filter((event) => event.type === type).length
  return {
    name,
    needsSales: true,
    async strike() {
      const before = await sold()
      await environment.control.settings({ webhooks: { rules: [{ match: type, drop: true, times }] } })
      for (const deadline = Date.now() + 30_000; Date.now() < deadline; await sleep(200)) {
        if ((await sold()) >= before + times) return
      }
      throw new Error(`${name}: too few sales`)
    },
  }
}

/** Somebody without the secret sends purchases; the receivers must refuse every one. */
async function forgedWebhooks(environment: Environment): Promise<void> {
  const sold = (await environment.control.events()).filter((event) => event.type === 'checkout.session.completed').slice(-20)
  if (sold.length === 0) throw new Error('forged webhooks: nothing was sold yet')
  for (const event of sold) {
    const response = await fetch(`${environment.ingestUrl}/authlance/license/stripe/webhook`, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        'stripe-signature': `t=${Math.floor(Date.now() / 1000)},v1=${'0'.repeat(64)}`,
      },
      body: JSON.stringify({ ...event, id: `${event.id}forged` }),
    })
    await response.text()
    if (response.ok) throw new Error('a forged webhook was taken')
  }
}

async function killConnections(environment: Environment): Promise<void> {
  const database = openDatabase(accountOf(environment.stack.mysqlDsn))
  try {
    const { rows } = await sql<{ id: number }>`
      SELECT id FROM information_schema.processlist WHERE db = DATABASE() AND id <> CONNECTION_ID()`.execute(database.db)
    if (rows.length === 0) throw new Error('there was no connection to kill')
    for (const { id } of rows) await sql`KILL ${sql.lit(id)}`.execute(database.db).catch(onlyIfGone)
  } finally {
    await database.close()
  }
}

/** A connection may have ended by itself meanwhile (ER_NO_SUCH_THREAD). */
function onlyIfGone(error: unknown): void {
  if (!(error instanceof Error && 'errno' in error && error.errno === 1094)) throw error
}

async function readOnly(environment: Environment, forMs: number): Promise<void> {
  // The switch waits for transactions that are under way.
  const database = openDatabase({ ...accountOf(environment.stack.mysqlDsn), holdMs: 60_000 })
  try {
    await sql`SET GLOBAL super_read_only = ON`.execute(database.db)
    const { rows } = await sql<{ on: number }>`SELECT @@GLOBAL.super_read_only AS \`on\``.execute(database.db)
    await sleep(forMs)
    if (Number(rows[0]?.on) !== 1) throw new Error('mysql was not read-only')
  } finally {
    await sql`SET GLOBAL super_read_only = OFF, GLOBAL read_only = OFF`.execute(database.db)
    await database.close()
  }
}
