import { describe, expect, test } from 'vitest'
import {
  after,
  atStripe,
  before,
  core,
  countWrites,
  emulator,
  envOf,
  forgetIds,
  get,
  gone,
  post,
  prepare,
  pro,
  report,
  save,
  stored,
  sync,
  team,
  useCatalogSync,
} from './a-catalog-sync.ts'
import { run } from './a-terminal.ts'

useCatalogSync()

describe('what it says', () => {
  test('the second run does nothing and says so', async () => {
    const first = await run(['stripe', 'sync-products'], envOf(after))
    expect(first.out.at(-1)).toBe('done: 3 products are in step')
    expect(first.notes).toContainEqual(expect.stringMatching(/^team: promotion code created promo_\w+ \(TEAM5\)$/))
    const writes = await countWrites()
    const second = await run(['stripe', 'sync-products'], envOf(after))
    expect({ code: second.code, last: second.out.at(-1), notes: second.notes }).toEqual({
      code: 0,
      last: 'nothing to do: 3 products are in step',
      notes: [],
    })
    expect(await countWrites()).toBe(writes)
  })

  test('a dry run prints the plan and writes nothing, here or there', async () => {
    await prepare(before)
    const [theirs, ours, writes] = [await atStripe(), await stored(), await countWrites()]
    const { code, out, notes } = await run(['stripe', 'sync-products', '--dry-run'], envOf(after))
    expect({ code, last: out.at(-1) }).toEqual({ code: 0, last: 'dry run: nothing was written' })
    expect(out.join('\n')).toMatch(/created +team\nupdated +core, pro\ndeactivated +gone/)
    for (const planned of [
      /^gone: would archive product prod_/,
      /^gone: would switch promotion code off promo_/,
      /^core: would update product prod_\w+ \(name\)$/,
      /^core: would create price \(.*takes lookup key core over from price_\w+\)$/,
      /^core: would archive price price_/,
      /^core: would switch promotion code off promo_/,
      /^pro: would transfer lookup key to price price_\w+ \(pro-2\)$/,
      /^team: would create product$/,
      /^team: would create coupon \(TEAM5\)$/,
    ])
      expect(notes).toContainEqual(expect.stringMatching(planned))
    expect([await atStripe(), await stored(), await countWrites()]).toEqual([theirs, ours, writes])
    const { actions: planned } = await report('--dry-run')
    const { actions: done } = await report()
    expect(planned.map(({ slug, action }) => `${slug} ${action}`)).toEqual(done.map(({ slug, action }) => `${slug} ${action}`))
  })

  test('what Stripe refuses is named with its coupon, the rest is synced, exit code 1', async () => {
    // A code that somebody else holds there with other terms.
    const coupon = await post('coupons', 'percent_off=50&duration=once')
    await post('promotion_codes', `promotion[type]=coupon&promotion[coupon]=${coupon.id}&code=SAVE10`)
    const { code, notes, out } = await run(['stripe', 'sync-products'], envOf([{ ...pro, coupons: [save] }, team]))
    expect(code).toBe(1)
    expect(notes).toContainEqual(expect.stringMatching(/^pro: not in step, coupon SAVE10: .*taken at Stripe/))
    expect(out.at(-1)).toContain('1 refusal')
    expect((await atStripe()).prices.map((price) => price.lookupKey)).toEqual(['pro', 'team'])
  })

  test('a progress bar where somebody watches', async () => {
    const watched: string[] = []
    await run(['stripe', 'sync-products', '--json'], envOf(after), (line) => watched.push(line))
    expect(watched.at(-2)).toMatch(/^\[#{30}\] 100 %, 3 of 3$/)
    expect(watched.at(-1)).toBe('')
  })
})

describe('adoption', () => {
  test('a product with our metadata and no price yet, behind a page of others', async () => {
    const { id } = await post('products', 'name=Old&metadata[licenseoperator_slug]=core')
    for (let index = 0; index < 101; index += 1) await post('products', `name=Other ${index}`)
    const { actions } = await report('', [core])
    expect(actions).toContainEqual(expect.objectContaining({ action: 'product_adopted', id }))
    expect(actions.map(({ action }) => action)).toEqual(['product_adopted', 'product_updated', 'price_created'])
  })

  test('a product by the lookup key of its price, a coupon and a promotion code by code and terms', async () => {
    const product = await post('products', 'name=Core')
    const price = await post(
      'prices',
      `product=${product.id}&currency=usd&unit_amount=19900&recurring[interval]=year&lookup_key=core`,
    )
    const coupon = await post('coupons', 'percent_off=10&duration=once')
    const code = await post('promotion_codes', `promotion[type]=coupon&promotion[coupon]=${coupon.id}&code=save10`)
    const { actions } = await report('--adopt', [{ ...core, coupons: [save] }])
    expect(actions).toMatchObject([
      { action: 'product_adopted', id: product.id },
      { action: 'product_updated', detail: 'metadata' },
      { action: 'price_adopted', id: price.id },
      { action: 'promotion_adopted', id: code.id },
    ])
    expect((await report('', [{ ...core, coupons: [save] }])).stripeChanges).toBe(0)
  })

  test('a coupon that the file names by its id: in step after one run, and a code that was stopped at Stripe stays stopped', async () => {
    await post('coupons', 'id=SUMMER&percent_off=25&duration=once')
    const summer = {
      code: 'SUMMER25',
      behavior: 'stripe_promotion',
      stripe: { coupon_id: 'SUMMER', percent_off: 25, duration: 'once' },
    }
    const wanted = [{ ...core, coupons: [summer] }]
    const made = (await report('', wanted)).actions.find(({ action }) => action === 'promotion_created')
    expect((await report('', wanted)).actions).toEqual([])
    await post(`promotion_codes/${made?.id}`, 'active=false')
    expect((await report('', wanted)).actions).toEqual([])
    expect((await atStripe()).codes).toMatchObject([{ code: 'SUMMER25', active: false }])
    // Another discount is another code.
    const more = { ...summer, stripe: { percent_off: 30, duration: 'once' } }
    expect((await report('', [{ ...core, coupons: [more] }])).actions).toContainEqual(
      expect.objectContaining({ action: 'promotion_created' }),
    )
  })

  test('a price with our lookup key and another amount gives the key away and is archived, also as a default price', async () => {
    const product = await post('products', 'name=Core&default_price_data[currency]=usd&default_price_data[unit_amount]=1')
    const { default_price: price } = await get(`products/${product.id}`)
    await post(`prices/${price}`, 'lookup_key=core')
    await report('--adopt', [core])
    expect(await get(`prices/${price}`)).toMatchObject({ active: false, lookup_key: null })
    const current = (await atStripe()).prices.find((one) => one.lookupKey === 'core')
    expect(current).toMatchObject({ active: true, amount: 19_900 })
    expect((await get(`products/${product.id}`)).default_price).not.toBe(price)
  })

  test('what was lost here is found there again: nothing is made twice', async () => {
    await prepare(after)
    const theirs = await atStripe()
    await forgetIds()
    const { actions } = await report()
    expect(new Set(actions.map(({ action }) => action))).toEqual(
      new Set(['product_adopted', 'price_adopted', 'promotion_adopted']),
    )
    expect(await atStripe()).toEqual(theirs)
  })

  test('what was deleted at Stripe within a day is made anew, not answered from an idempotency key', async () => {
    await prepare([core])
    await emulator.control.reset()
    const { actions } = await report('', [core])
    expect(actions.map(({ action }) => action)).toEqual(['product_created', 'price_created'])
    expect((await report('', [core])).stripeChanges).toBe(0)
  })

  test('a code that stands for other terms of somebody else is not touched', async () => {
    const coupon = await post('coupons', 'percent_off=50&duration=once')
    const { id } = await post('promotion_codes', `promotion[type]=coupon&promotion[coupon]=${coupon.id}&code=SAVE10`)
    const { code, out } = await run(['stripe', 'sync-products', '--json'], envOf([{ ...core, coupons: [save] }]))
    expect(code).toBe(1)
    expect(JSON.parse(out.join('')).refused).toMatchObject([{ slug: 'core', reason: expect.stringContaining(id) }])
    expect(await get(`promotion_codes/${id}`)).toMatchObject({ active: true })
  })
})

describe('what is at Stripe under our lookup key and carries no mark of ours', () => {
  const theirs = async (amount: number) => {
    const product = await post('products', 'name=Theirs')
    const price = await post(
      'prices',
      `product=${product.id}&currency=usd&unit_amount=${amount}&recurring[interval]=year&lookup_key=core`,
    )
    return { product: product.id, price: price.id }
  }
  test.each([19_900, 700])('is left alone without --adopt, and it is said what would be done (%i)', async (amount) => {
    const { product, price } = await theirs(amount)
    const before = [await get(`products/${product}`), await get(`prices/${price}`)]
    for (const flags of [[], ['--dry-run']]) {
      const { code, notes } = await run(['stripe', 'sync-products', ...flags], envOf([core, team]))
      expect(code).toBe(1)
      expect(notes).toContainEqual(
        expect.stringMatching(
          new RegExp(
            `^core: not in step, lookup key core belongs .*${price} of product ${product}.*--adopt .*name the product "Core", .*archive it`,
          ),
        ),
      )
    }
    expect([await get(`products/${product}`), await get(`prices/${price}`)]).toEqual(before)
    expect((await atStripe()).prices.map(({ slug }) => slug)).toContain('team')
  })

  test('is taken over with --adopt, and needs the flag once', async () => {
    const { product, price } = await theirs(700)
    expect((await report('--adopt', [core])).actions.map(({ action }) => action)).toContain('product_adopted')
    expect(await get(`products/${product}`)).toMatchObject({ name: 'Core', metadata: { licenseoperator_slug: 'core' } })
    expect(await get(`prices/${price}`)).toMatchObject({ active: false })
    expect((await report('', [core])).stripeChanges).toBe(0)
  })
})

describe('a bundle of the file', () => {
  const bundle = { ...pro, slug: 'set', name: 'Set', product_key: 'set', bundled_products: [{ product_key: 'core' }] }
  test('is written whatever the order of its parts, and refused as a whole where a part is missing, before anything is written', async () => {
    expect(await sync([bundle, core])).toMatchObject({ code: 0 })
    const ours = await stored()
    expect(await sync([bundle])).toMatchObject({ code: 78 })
    expect(await stored()).toEqual(ours)
  })
})

describe('changes', () => {
  test('a product that comes back is offered again, with its promotion codes, under the same ids', async () => {
    await prepare([gone])
    const theirs = await atStripe()
    await prepare([core])
    expect((await atStripe()).products).toMatchObject([{ slug: 'core' }, { slug: 'gone', active: false }])
    expect((await atStripe()).codes).toMatchObject([{ code: 'GONE', active: false }])
    const { actions } = await report('', [gone])
    expect(actions.map(({ action }) => action)).toEqual(['product_archived', 'product_updated', 'promotion_activated'])
    expect((await atStripe()).codes).toMatchObject(theirs.codes.map(({ code }) => ({ code, active: true })))
  })

  test('two products that exchange their lookup keys', async () => {
    await prepare([
      { ...core, lookup_key: 'a' },
      { ...team, lookup_key: 'b' },
    ])
    // The stored catalog knows a key once: an exchange goes by way of a third.
    await prepare([
      { ...core, lookup_key: 'c' },
      { ...team, lookup_key: 'a' },
    ])
    const { actions } = await report('', [
      { ...core, lookup_key: 'b' },
      { ...team, lookup_key: 'a' },
    ])
    expect(actions.map(({ action }) => action)).toEqual(['lookup_key_transferred'])
    expect((await atStripe()).prices).toMatchObject([
      { lookupKey: 'a', slug: 'team', active: true },
      { lookupKey: 'b', slug: 'core', active: true },
    ])
  })

  test('a price that the file names and whose amount is another is replaced once, not with every run', async () => {
    const product = await post('products', 'name=Core')
    const price = await post('prices', `product=${product.id}&currency=usd&unit_amount=1`)
    const named = [{ ...core, stripe_product_id: product.id, stripe_price_id: price.id }]
    expect((await report('', named)).actions.map(({ action }) => action)).toEqual([
      'product_updated',
      'price_created',
      'price_archived',
    ])
    expect((await report('', named)).stripeChanges).toBe(0)
  })
})
