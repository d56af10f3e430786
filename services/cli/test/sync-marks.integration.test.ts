import { expect, test } from 'vitest'
import { z } from 'zod'
import { core, emulator, get, post, prepare, pro, report, team, useCatalogSync } from './a-catalog-sync.ts'

useCatalogSync()

const MARK = 'metadata[licenseoperator_slug]'

test('one product at Stripe for two of ours: it has the name of the one whose mark it carries', async () => {
  const { id } = await post('products', `name=Core&${MARK}=core`)
  await prepare([{ ...core, stripe_product_id: id }])
  await report('', [
    { ...core, stripe_product_id: id },
    { ...team, stripe_product_id: id },
  ])
  expect(await get(`products/${id}`)).toMatchObject({ name: 'Core', metadata: { licenseoperator_slug: 'core' } })
})

test('a product at Stripe whose mark is of another than the one that is not sold any more goes on', async () => {
  await prepare([core, pro])
  const { actions } = await report('', [pro])
  const id = actions.find(({ action }) => action === 'product_archived')?.id
  expect(await get(`products/${id}`)).toMatchObject({ active: false })
  // Somebody gave it away since.
  await post(`products/${id}`, `active=true&${MARK}=`)
  expect((await report('', [pro])).actions).toEqual([])
  expect(await get(`products/${id}`)).toMatchObject({ active: true })
})

test('other prices of a product at Stripe stay: only ours are archived', async () => {
  const { id } = await post('products', `name=Core&${MARK}=core`)
  const theirs = await post('prices', `product=${id}&currency=usd&unit_amount=4200`)
  await prepare([{ ...core, stripe_product_id: id }])
  await prepare([{ ...core, stripe_product_id: id, unit_amount: 25_000 }])
  expect(await get(`prices/${theirs.id}`)).toMatchObject({ active: true })
})

test('a lookup key that one of our products gives to another holds one price at a time, of whom has it', async () => {
  await prepare([{ ...core, lookup_key: 'a' }, team])
  await prepare([{ ...core, lookup_key: 'b' }, team])
  await prepare([
    { ...core, lookup_key: 'b' },
    { ...team, lookup_key: 'a' },
  ])
  expect(await pricesWith('a')).toMatchObject([{ active: true, metadata: { licenseoperator_slug: 'team' } }])
  expect(await pricesWith('b')).toMatchObject([{ active: true, metadata: { licenseoperator_slug: 'core' } }])
})

test('a price that carries the mark of another product of ours loses its lookup key and stays on sale there', async () => {
  const { actions } = await report('', [team])
  const product = actions.find(({ action }) => action === 'product_created')?.id
  const price = await post(
    'prices',
    `product=${product}&currency=usd&unit_amount=700&recurring[interval]=year&lookup_key=core&${MARK}=team`,
  )
  await prepare([core, team])
  expect(await get(`prices/${price.id}`)).toMatchObject({ active: true, lookup_key: null })
  expect(await get(`products/${product}`)).toMatchObject({ name: 'Team', active: true })
})

const Prices = z.object({ prices: z.array(z.looseObject({ lookup_key: z.string().nullable() })) })

/** Prices at Stripe with the lookup key, archived ones as well. */
async function pricesWith(lookupKey: string) {
  return Prices.parse(await emulator.control.state()).prices.filter((one) => one.lookup_key === lookupKey)
}
