import { setTimeout as sleep } from 'node:timers/promises'
import { CLI, runToEnd } from '@licenseoperator/demo'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { Buyers } from './buyers.ts'
import { type Fault, otherFaults } from './faults.ts'
import { type Fleet, type Role, roles, startFleet } from './fleet.ts'
import { randomFrom } from './random.ts'
import { type Reckoning, reckon } from './reckoning.ts'

const PURCHASES = Number(process.env.LICENSEOPERATOR_CAMPAIGN_PURCHASES ?? 2000)
const KILLS_PER_ROLE = Number(process.env.LICENSEOPERATOR_CAMPAIGN_KILLS ?? 30)
const SEED = Number(process.env.LICENSEOPERATOR_CAMPAIGN_SEED ?? Math.floor(Math.random() * 2 ** 31))
const CUSTOMERS_AT_ONCE = 8
/** Sales and faults may be this many sales apart. */
const LEAD = 20
/** After the last fault everything must be in order again within this time. */
const DRAIN_MS = 180_000

const random = randomFrom(SEED)
const timeline: string[] = []
const startedAt = Date.now()
const note = (line: string) => timeline.push(`${((Date.now() - startedAt) / 1000).toFixed(1)} s  ${line}`)

let fleet: Fleet

beforeAll(async () => {
  process.stdout.write(`campaign: LICENSEOPERATOR_CAMPAIGN_SEED=${SEED}\n`)
  fleet = await startFleet((line) => process.stdout.write(`campaign: ${line}\n`), '0s')
  await fleet.environment.control.settings({
    webhooks: {
      concurrency: 'all_at_once',
      order: 'shuffled',
      shuffleSeed: String(SEED),
      copies: 2,
      retryDelaysMs: Array.from({ length: 200 }, () => 1000),
    },
  })
}, 240_000)

afterAll(() => fleet.stop(), 120_000)

/** Kills in a drawn order, the other faults spread evenly among them. */
function schedule(): Fault[] {
  const kills = shuffled(roles.flatMap((role) => Array.from({ length: KILLS_PER_ROLE }, () => killOf(role))))
  const others = otherFaults(fleet)
  const every = Math.max(1, Math.floor(kills.length / others.length))
  return [
    ...others.flatMap((fault, at) => [...kills.slice(at * every, (at + 1) * every), fault]),
    ...kills.slice(others.length * every),
  ]
}

function killOf(role: Role): Fault {
  return {
    name: `kill -9 of a ${role}`,
    async strike() {
      const instances = shuffled(fleet.instances[role])
      for (const deadline = Date.now() + 60_000; Date.now() < deadline; await sleep(100)) {
        if (instances.some((instance) => instance.end('SIGKILL'))) return
      }
      throw new Error(`no ${role} came back to be killed`)
    },
  }
}

function shuffled<T>(items: readonly T[]): T[] {
  return items
    .map((item) => ({ item, at: random() }))
    .sort((a, b) => a.at - b.at)
    .map(({ item }) => item)
}

/** How far a run is: customers and faults wait for each other, so that every fault meets sales and no sale is spared. */
class Pace {
  sold = 0
  struck = 0
  /** The fault that is striking needs sales. */
  hurried = false
  readonly #faults: number

  constructor(faults: number) {
    this.#faults = faults
  }

  get faultsOver(): boolean {
    return this.struck === this.#faults
  }

  /** Until sales have come as far as the next fault. */
  async beforeFault(): Promise<void> {
    while (this.sold < (this.struck / this.#faults) * PURCHASES - LEAD) await sleep(20)
  }

  /** Until faults have come as far as the next sale. */
  async beforeSale(): Promise<void> {
    while (!this.faultsOver && !this.hurried && this.sold > (this.struck / this.#faults) * PURCHASES + LEAD) await sleep(20)
  }
}

async function strikeAll(faults: readonly Fault[], pace: Pace): Promise<void> {
  for (const fault of faults) {
    await pace.beforeFault()
    note(fault.name)
    pace.hurried = fault.needsSales === true
    await fault.strike()
    pace.hurried = false
    pace.struck += 1
    await sleep(random() * 300)
  }
}

async function untilInOrder(): Promise<Reckoning> {
  for (const deadline = Date.now() + DRAIN_MS; ; await sleep(1000)) {
    const found = await reckon(fleet.environment)
    if (found.wrong.length === 0 || Date.now() > deadline) return found
  }
}

test(`${PURCHASES} purchases, ${KILLS_PER_ROLE} kill -9 of every role and 20 other faults: what was paid is licensed and announced once`, async () => {
  const buyers = new Buyers(fleet.environment)
  const faults = schedule()
  const pace = new Pace(faults.length)
  let next = 0
  const customer = async () => {
    while (pace.sold < PURCHASES || !pace.faultsOver) {
      await pace.beforeSale()
      const index = next
      next += 1
      await buyers.buy(index)
      pace.sold = buyers.sales.paid.length
    }
  }
  await Promise.all([strikeAll(faults, pace), ...Array.from({ length: CUSTOMERS_AT_ONCE }, customer)])
  note('the faults are over')
  await fleet.environment.control.waitIdle(120_000)
  await runToEnd(CLI, ['stripe', 'reconcile', '--since', '1h'], fleet.environment.env)
  const found = await untilInOrder()
  note('in order')
  const { sales } = buyers
  const report = {
    seed: SEED,
    faults: faults.length,
    paid: sales.paid.length,
    refunded: sales.refunded.length,
    soldOut: sales.soldOut,
    answers: Object.fromEntries(sales.answers),
    ...found,
    wrong: found.wrong.slice(0, 40),
    seconds: Math.round((Date.now() - startedAt) / 1000),
  }
  process.stdout.write(`campaign: ${JSON.stringify(report)}\n`)
  const told = `${JSON.stringify(report, null, 2)}\n${timeline.join('\n')}`
  expect(found.wrong, told).toEqual([])
  expect(sales.wrong, told).toEqual([])
  expect(fleet.crashes(), told).toEqual([])
  expect(sales.paid.length, told).toBeGreaterThanOrEqual(PURCHASES)
  expect(found.due, told).toBeGreaterThanOrEqual(sales.paid.length)
}, 1_500_000)
