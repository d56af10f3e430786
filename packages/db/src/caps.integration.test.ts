import { groupKey, newId } from '@licenseoperator/domain'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { coupons, inTransaction, products, reservations } from './index.ts'
import { createTestDatabase, insertProduct, type TestDatabase } from './testing/index.ts'

let database: TestDatabase
beforeAll(async () => {
  database = await createTestDatabase({ maxConnections: 20, acquireMs: 20_000, holdMs: 20_000 })
})
afterAll(() => database.drop())

const now = new Date()
const inADay = new Date(now.getTime() + 86_400_000)
const times = <T>(count: number, make: (index: number) => T): T[] => Array.from({ length: count }, (_, index) => make(index))

class NoneLeft extends Error {}

async function hold(reservation: Partial<reservations.NewReservation> & { productId: number }): Promise<string | undefined> {
  const reservationId = newId('reservation')
  const full = { reservationId, takesLicense: true, couponId: undefined, groupKey: 'acme', expiresAt: inADay, ...reservation }
  try {
    await inTransaction(database.db, async (tx) => {
      if (!(await reservations.hold(tx, full, now))) throw new NoneLeft()
    })
    return reservationId
  } catch (error) {
    if (error instanceof NoneLeft) return undefined
    throw error
  }
}

test('80 buyers at once of a product with 20 licenses: exactly 20 get one', async () => {
  const product = await insertProduct(database.db, { maxLicenseTotal: 20 })
  const held = await Promise.all(times(80, () => hold({ productId: product.id })))
  expect(held.filter((id) => id !== undefined)).toHaveLength(20)
  expect(await products.licensesTaken(database.db, product.id)).toBe(20)
})

test('a coupon is never used more often than allowed, in all and per group, and a refused hold takes nothing', async () => {
  const product = await insertProduct(database.db)
  const couponId = await inTransaction(database.db, (tx) =>
    coupons.insert(
      tx,
      {
        productId: product.id,
        code: 'TEN',
        active: true,
        behavior: 'product_override',
        maxTotal: 7,
        maxPerGroup: 2,
        metadata: {},
      },
      now,
    ),
  )
  // The first half is one group's rush: it alone would take all seven.
  const groups = times(60, (index) => groupKey(`group-${index < 30 ? 0 : index % 5}`))
  const held = await Promise.all(
    groups.map(async (group) => ({
      group,
      id: await hold({ productId: product.id, takesLicense: false, couponId, groupKey: group }),
    })),
  )
  const taken = held.filter(({ id }) => id !== undefined)
  expect(taken).toHaveLength(7)
  for (const group of new Set(groups)) expect(taken.filter((one) => one.group === group).length).toBeLessThanOrEqual(2)
  expect(
    await database.db
      .selectFrom('coupon_groups')
      .select((eb) => eb.fn.sum<string>('taken').as('taken'))
      .where('coupon_id', '=', couponId)
      .executeTakeFirstOrThrow(),
  ).toEqual({ taken: '7' })
})

test('released holds can be taken again, exactly as many', async () => {
  const product = await insertProduct(database.db, { maxLicenseTotal: 3 })
  const first = await Promise.all(times(3, () => hold({ productId: product.id })))
  const released = first[0] ?? ''
  const outcomes = await Promise.all(times(5, () => inTransaction(database.db, (tx) => reservations.release(tx, released, now))))
  expect(outcomes.filter((happened) => happened)).toHaveLength(1)
  const second = await Promise.all(times(4, () => hold({ productId: product.id })))
  expect(second.filter((id) => id !== undefined)).toHaveLength(1)
})

test('a hold is settled once: consumed and released exclude each other', async () => {
  const product = await insertProduct(database.db, { maxLicenseTotal: 1 })
  const id = (await hold({ productId: product.id })) ?? ''
  const [consumed, released] = await Promise.all([
    inTransaction(database.db, (tx) => reservations.consume(tx, id, now)),
    inTransaction(database.db, (tx) => reservations.release(tx, id, now)),
  ])
  expect([consumed, released]).toEqual(released ? ['late', true] : ['consumed', false])
  expect(await products.licensesTaken(database.db, product.id)).toBe(released ? 0 : 1)
})
