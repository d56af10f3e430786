import { products } from '@licenseoperator/db'
import { expect, test } from 'vitest'
import { core, database, envOf, get, post, report, useCatalogSync } from './a-catalog-sync.ts'
import { run } from './a-terminal.ts'

useCatalogSync()

const FITS = 'currency=usd&unit_amount=19900&recurring[interval]=year'
const soldAt = async () => (await products.findBySlug(database.db, 'core'))?.stripePriceId

test('a price that the file names and that charges what the product costs is sold at', async () => {
  const product = await post('products', 'name=Core')
  const { id } = await post('prices', `product=${product.id}&${FITS}`)
  await report('', [{ ...core, stripe_product_id: product.id, stripe_price_id: id }])
  expect(await soldAt()).toBe(id)
})

test.each<[string, string, string]>([
  ['charges another amount', 'currency=usd&unit_amount=7700&recurring[interval]=year', ''],
  ['charges in another currency', 'currency=eur&unit_amount=19900&recurring[interval]=year', ''],
  ['recurs otherwise', 'currency=usd&unit_amount=19900&recurring[interval]=month', ''],
  ['recurs less often', 'currency=usd&unit_amount=19900&recurring[interval]=year&recurring[interval_count]=2', ''],
  ['does not recur', 'currency=usd&unit_amount=19900', ''],
  ['is archived', FITS, 'active=false'],
])('one that %s is not: what is sold at charges what the shop shows', async (_what, terms, change) => {
  const product = await post('products', 'name=Core')
  const { id } = await post('prices', `product=${product.id}&${terms}`)
  if (change !== '') await post(`prices/${id}`, change)
  await report('', [{ ...core, stripe_product_id: product.id, stripe_price_id: id }])
  const now = await soldAt()
  expect(now).not.toBe(id)
  expect(await get(`prices/${now}`)).toMatchObject({
    active: true,
    currency: 'usd',
    unit_amount: 19_900,
    recurring: { interval: 'year', interval_count: 1 },
  })
})

test('one of another product is not', async () => {
  const [product, other] = [await post('products', 'name=Core'), await post('products', 'name=Other')]
  const { id } = await post('prices', `product=${other.id}&${FITS}`)
  await report('', [{ ...core, stripe_product_id: product.id, stripe_price_id: id }])
  const now = await soldAt()
  expect(now).not.toBe(id)
  expect(await get(`prices/${now}`)).toMatchObject({ product: product.id })
})

test('another amount in the file while Stripe is away: the old price is forgotten at once, so that nobody is charged the old amount', async () => {
  await report('', [core])
  expect(await soldAt()).toMatch(/^price_/)
  const away = { ...envOf([{ ...core, unit_amount: 25_000 }]), LICENSEOPERATOR_STRIPE_API_BASE: 'http://127.0.0.1:9' }
  expect(await run(['stripe', 'sync-products'], away)).toMatchObject({ code: 1 })
  expect(await products.findBySlug(database.db, 'core')).toMatchObject({ unitAmountMinor: 25_000 })
  expect(await soldAt()).toBeUndefined()
})
