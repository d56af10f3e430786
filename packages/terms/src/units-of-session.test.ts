import { expect, test } from 'vitest'
import { PurchaseMetadata } from './purchase-metadata.ts'
import { aLine, aStored } from './testing/a-line.ts'
import { lineOf, soldOnce } from './units-of-session.ts'

const own = aStored({ slug: 'own', maxManagedProducts: 3 })
const other = aStored({ slug: 'other', id: 2, maxManagedProducts: 8 })
const bought = PurchaseMetadata.parse({ group: 'acme', product_slug: 'own' })
const line = (product: typeof own | undefined, fields: Parameters<typeof aLine>[0] = {}) => ({
  ...aLine({ kind: 'once', itemId: undefined, ...fields }),
  product,
})

test('a payment link sells as many units as its line says, and nothing of what stands beside it', () => {
  const lines = [line(undefined, { quantity: 9, priceId: 'price_support' }), line(own, { quantity: 2 })]
  expect(soldOnce(bought, own, lines)).toMatchObject({ metadata: { managed_products: 6 }, priceId: 'price_1' })
})

test('one without metadata sells what its line names', () => {
  expect(soldOnce(PurchaseMetadata.parse({}), undefined, [line(other)])?.metadata.managed_products).toBe(8)
})

test('one whose only line names nothing of ours sells what its metadata names; of several nobody can tell', () => {
  expect(soldOnce(bought, own, [line(undefined, { quantity: 2 })])?.metadata.managed_products).toBe(6)
  expect(() => soldOnce(bought, own, [line(undefined), line(undefined)])).toThrow('none of several lines')
})

test('over zero units it sells nothing', () => {
  expect(soldOnce(bought, own, [line(own, { quantity: 0 })])).toBeUndefined()
})

test.each([
  [null, 1],
  [0, 0],
  [3, 3],
])('a line of a checkout with a quantity of %s is over %i units', (quantity, units) => {
  expect(lineOf({ quantity, price: null }).quantity).toBe(units)
})
