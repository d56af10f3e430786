import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { forgetAll, forgetEvents, handledHistory, randomFrom, resultOf, shuffled, tell, whatCounts } from './a-history.ts'
import { openShop, type Shop } from './a-shop.ts'
import { type Bought, fates } from './fates.ts'
import { type Kind, sellAll, stockStripe } from './kinds.ts'

/** `LIFECYCLE_SEED` repeats a run's orders. */
const seed = Number(process.env.LIFECYCLE_SEED ?? Date.now() % 1_000_000)

/** Every fate of these kinds of purchase, three times: as sent, reversed, and doubled in any order. */
export function combinations(kinds: readonly Kind[]) {
  return kinds.flatMap((kind) => fates.filter((fate) => fate.of(kind)).map((fate) => ({ kind, fate })))
}

/** The tests of every combination; in several files, because they take a second each. */
export function describeEveryOrder(kinds: readonly Kind[]): void {
  let shop: Shop

  beforeAll(async () => {
    shop = await openShop()
    await sellAll(shop)
    console.info(`every order: LIFECYCLE_SEED=${seed}`)
  })
  afterAll(() => shop.close())

  describe('the same licenses, payments, states and announcements as sent, reversed, and doubled in any order', () => {
    test.each(combinations(kinds))('$kind.name: $fate.name', async ({ kind, fate }) => {
      const purchase = await buy(shop, kind)
      await fate.happens(purchase)
      await purchase.live()
      const asSent = await resultOf(shop)
      expect(asSent.unsettled).toEqual([])
      const perPurchase = asSent.licenses
        .filter((license) => !license.for.includes('#'))
        .sort(
          (a, b) => Number(a.from) - Number(b.from) || Number(a.for.includes(':change:')) - Number(b.for.includes(':change:')),
        )
      const wanted =
        kind.startsFree === true && fate.revoked.length === 1 && perPurchase.length === 2 ? [null, ...fate.revoked] : fate.revoked
      expect(perPurchase.map((license) => license.revoked)).toEqual(wanted)
      for (const part of asSent.licenses.filter((license) => license.for.includes('#')))
        expect(part.revoked).toBe(asSent.licenses.find((license) => license.for === part.for.replace(/#.*/, ''))?.revoked)

      const history = await handledHistory(shop)
      const reversed = await retold(shop, kind, history)
      await tell(shop, reversed.toReversed())
      expect(whatCounts(await resultOf(shop))).toEqual(whatCounts(asSent))

      const doubled = await retold(shop, kind, history)
      await tell(shop, shuffled([...doubled, ...doubled], randomFrom(seed)), 4)
      expect(whatCounts(await resultOf(shop))).toEqual(whatCounts(asSent))
    })
  })
}

/** Buys, and tells the processor of everything as it happens. */
async function buy(shop: Shop, kind: Kind): Promise<Bought> {
  await forgetAll(shop)
  await shop.emulator.control.reset({ keepEndpoints: true })
  await stockStripe(shop)
  const sessionId = await shop.buy({ lookupKey: kind.product.slug, ...kind.order }, kind.payer)
  let told = 0
  const live = async () => {
    const history = await handledHistory(shop)
    await tell(shop, history.slice(told))
    told = history.length
  }
  await live()
  if (kind.payer?.method === 'bank_debit') await shop.emulator.control.settleDebit(sessionId, 'succeeded')
  await live()
  return { shop, kind, sessionId, live }
}

/**
 * The history once more, from before any event. A year of maintenance is bought for a license by its id, which exists only once the purchase was told
 * of: there the purchase comes first, and the rest names the new id.
 */
async function retold(shop: Shop, kind: Kind, history: readonly string[]): Promise<string[]> {
  await forgetEvents(shop)
  if (kind.paid !== 'maintained') return [...history]
  await tell(shop, history.slice(0, 1))
  const { license_id: id } = await shop.database.db.selectFrom('licenses').select('license_id').executeTakeFirstOrThrow()
  return history.map((payload) => payload.replaceAll(/L-[0-9A-Z]{26}/g, id))
}
