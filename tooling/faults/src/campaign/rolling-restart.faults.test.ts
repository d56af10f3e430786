import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { Buyers } from './buyers.ts'
import { type Fleet, roles, startFleet } from './fleet.ts'
import { reckon } from './reckoning.ts'

const CUSTOMERS_AT_ONCE = 4

let fleet: Fleet

beforeAll(async () => {
  fleet = await startFleet(() => undefined, '2s')
}, 240_000)

afterAll(() => fleet.stop(), 120_000)

test('every role is restarted under load, one instance after another, and no request fails', async () => {
  const { environment } = fleet
  const buyers = new Buyers(environment)
  let rolling = true
  let next = 0
  const customer = async () => {
    while (rolling) {
      next += 1
      // Without the kinds of customer whose order is refused or paid late.
      await buyers.buy(next * 10)
    }
  }
  const seen = (await environment.control.deliveries()).length
  const roll = async () => {
    const codes: Array<number | null> = []
    for (const role of roles) for (const instance of fleet.instances[role]) codes.push(await instance.roll())
    await sleep(1000)
    rolling = false
    return codes
  }
  const [codes] = await Promise.all([roll(), ...Array.from({ length: CUSTOMERS_AT_ONCE }, customer)])
  expect(codes).toEqual([0, 0, 0, 0, 0, 0, 0, 0])
  expect(Object.fromEntries(buyers.sales.answers)).toEqual({ 200: expect.any(Number) })
  const answers = (await environment.control.deliveries()).slice(seen).map(({ status }) => status)
  expect(new Set(answers)).toEqual(new Set([200]))

  await environment.control.waitIdle(60_000)
  for (const deadline = Date.now() + 90_000; ; await sleep(500)) {
    const { wrong } = await reckon(environment)
    if (wrong.length > 0 && Date.now() < deadline) continue
    expect(wrong).toEqual([])
    break
  }
  expect(fleet.crashes()).toEqual([])
  process.stdout.write(
    `rolling restart: ${JSON.stringify({ orders: next, answers: Object.fromEntries(buyers.sales.answers) })}\n`,
  )
}, 300_000)
