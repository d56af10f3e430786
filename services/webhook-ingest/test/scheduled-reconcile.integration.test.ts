import { openShop, resultOf, type Shop } from '@licenseoperator/billing/testing'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { runReconcile } from '../src/processor/run-reconcile.ts'

let shop: Shop
beforeAll(async () => {
  shop = await openShop()
  await shop.sell({ slug: 'once', termDurationDays: 365 })
  await shop.syncCatalog()
})
afterAll(() => shop.close())

test('a scheduled run leaves alone what happened just now, and serves what did minutes ago', async () => {
  const minutesAgo = new Date(Date.now() - 10 * 60_000)
  await shop.freezeAt(minutesAgo)
  const settled = await shop.buy({ lookupKey: 'once' })
  await shop.freezeAt(undefined)
  await shop.buy({ lookupKey: 'once' })
  const stop = new AbortController()
  const settings = { scheduleCron: '* * * * *', windowMs: 86_400_000 }
  // Cron knows whole minutes: the run begins within one.
  await runReconcile(shop.deps, settings, () => stop.abort(), stop.signal)
  expect((await resultOf(shop)).licenses.map((license) => license.for)).toEqual([`checkout:${settled}`])
}, 120_000)
