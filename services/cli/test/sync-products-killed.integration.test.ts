import { once } from 'node:events'
import { expect, test } from 'vitest'
import {
  after,
  atStripe,
  before,
  emulator,
  expectRememberedIds,
  leaseRunsOut,
  prepare,
  proxy,
  Report,
  start,
  startOver,
  sync,
  useCatalogSync,
} from './a-catalog-sync.ts'
import { moments } from './a-meddling-proxy.ts'

/** Printed with the results; set it to have the same kills again. */
const SEED = Number(process.env.SYNC_SEED ?? Date.now() % 1_000_000)

useCatalogSync()

test.each([
  ['an empty account', []],
  ['an account with an older catalog', before],
])(
  `killed at ten random points from %s and run again, and once more (SYNC_SEED=${SEED})`,
  async (_from, stored) => {
    await prepare(stored)
    proxy.meddle(undefined)
    expect(await sync(after)).toMatchObject({ code: 0 })
    const requests = proxy.seen()
    const undisturbed = await atStripe()
    const random = randomFrom(SEED)
    for (let round = 0; round < 10; round += 1) {
      const request = 1 + Math.floor(random() * requests)
      const moment = moments[Math.floor(random() * moments.length)] ?? moments[0]
      const where = `seed ${SEED}: killed at request ${request} of ${requests}, ${moment}`
      await startOver()
      await prepare(stored)
      const child = start(after)
      proxy.meddle({ request, moment, act: () => void child.kill('SIGKILL') })
      await once(child, 'exit')
      expect(child.signalCode, where).toBe('SIGKILL')
      proxy.meddle(undefined)
      await leaseRunsOut()
      expect(await sync(after), where).toMatchObject({ code: 0, notes: [] })
      expect(await atStripe(), where).toEqual(undisturbed)
      await expectRememberedIds(where)
      expect(await sync(after), where).toMatchObject({ code: 0, changes: 0 })
    }
  },
  180_000,
)

test('requests that never arrive, until it gives up, then run again; answers that are lost, which the next try gets', async () => {
  await prepare(before)
  await sync(after)
  const undisturbed = await atStripe()
  for (const route of ['POST /v1/products*', 'POST /v1/prices*', 'POST /v1/coupons', 'POST /v1/promotion_codes*', 'GET *']) {
    for (const [fault, code] of [
      [{ cut: 'before', count: 6 } as const, 1],
      [{ cut: 'after', count: 2 } as const, 0],
    ] as const) {
      await startOver()
      await prepare(before)
      await emulator.control.fault({ route, ...fault })
      expect((await sync(after)).code, `${route} ${fault.cut}`).toBe(code)
      await emulator.control.clearFaults()
      expect(await sync(after), `${route} ${fault.cut}`).toMatchObject({ code: 0, notes: [] })
      expect(await atStripe(), `${route} ${fault.cut}`).toEqual(undisturbed)
    }
  }
}, 180_000)

test('two at once: one works, the other waits and finds nothing to do', async () => {
  await prepare(before)
  await sync(after)
  const undisturbed = await atStripe()
  await startOver()
  await prepare(before)
  const both = [start(after, '--json'), start(after, '--json')].map(async (child) => {
    let out = ''
    child.stdout?.setEncoding('utf8').on('data', (chunk: string) => {
      out += chunk
    })
    await once(child, 'close')
    return Report.parse(JSON.parse(out))
  })
  const changes = (await Promise.all(both)).map((report) => report.stripeChanges)
  expect(changes.filter((count) => count === 0)).toHaveLength(1)
  expect(await atStripe()).toEqual(undisturbed)
})

test('rate limits are waited out', async () => {
  await emulator.control.fault({ route: '*', status: 429, count: 4 })
  await emulator.control.fault({ route: 'POST *', status: 429, count: 4 })
  expect(await sync(after)).toMatchObject({ code: 0, notes: [] })
  expect(await emulator.control.pendingFaults()).toEqual([])
})

/** mulberry32: the same numbers for the same seed. */
function randomFrom(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296
  }
}
