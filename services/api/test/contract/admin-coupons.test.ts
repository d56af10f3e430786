import { insertProduct } from '@licenseoperator/db/testing'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { type ACatalogApi, aCatalogApi } from '../a-catalog-api.ts'
import { aMember, anApi, aSysadmin, insertCoupon } from '../an-api.ts'

const PATH = '/authlance/license/admin/products/core/coupons'
let api: ACatalogApi['api']
let shop: ACatalogApi['shop']
let root: string
let clear: ACatalogApi['clear']
let close: ACatalogApi['close']
let productId: number

beforeAll(async () => {
  ;({ api, shop, root, clear, close } = await aCatalogApi())
})
afterAll(() => close())
beforeEach(async () => {
  await clear()
  await shop.emulator.control.reset()
  productId = (await insertProduct(api.db, { slug: 'core', stripeProductId: 'prod_given', stripePriceId: 'price_given' })).id
})

/** The product exists at Stripe, too. */
async function atStripe() {
  const { id } = await shop.stripe.products.create({ name: 'Core' })
  const price = await shop.stripe.prices.create({ product: id, currency: 'usd', unit_amount: 21_900, lookup_key: 'core' })
  await api.db
    .updateTable('products')
    .set({ stripe_product_id: id, stripe_price_id: price.id })
    .where('slug', '=', 'core')
    .execute()
}

const create = (body: unknown) => api.send('POST', PATH, body, root)
const update = (id: unknown, body: unknown) => api.send('PUT', `${PATH}/${id}`, body, root)
async function json(answer: Response | Promise<Response>): Promise<Record<string, unknown>> {
  const response = await answer
  return { status: response.status, ...(await response.json()) }
}
const promotion = { percentOff: 25, duration: 'forever' }

describe('POST', () => {
  test('201: as stored; unset fields are left out, zero limits mean none', async () => {
    expect(
      await json(create({ code: 'Free', maxPerGroup: 0, maxTotal: 5, minManagedProducts: 2, metadata: { note: 'x' } })),
    ).toEqual({
      status: 201,
      id: expect.any(Number),
      code: 'Free',
      active: true,
      behavior: 'product_override',
      maxTotal: 5,
      minManagedProducts: 2,
      metadata: { note: 'x' },
      createdAt: expect.any(String),
      updatedAt: expect.any(String),
    })
  })

  test('201: a promotion gets its coupon and promotion code at Stripe', async () => {
    await atStripe()
    const created = await json(create({ code: 'tier10', behavior: 'stripe_promotion', stripePromotion: promotion }))
    expect(created).toMatchObject({
      status: 201,
      stripePromotion: { ...promotion, couponId: expect.any(String), promotionId: expect.stringMatching(/^promo_/) },
    })
    const { promotionId, couponId } = Object(created.stripePromotion)
    expect(await shop.stripe.promotionCodes.retrieve(promotionId)).toMatchObject({ active: true, code: 'tier10' })
    expect(await shop.stripe.coupons.retrieve(couponId)).toMatchObject({ percent_off: 25, duration: 'forever' })
  })

  test('201: decimals of a percentage are kept', async () => {
    const body = {
      code: 'third',
      behavior: 'stripe_promotion',
      stripePromotion: { ...promotion, percentOff: 33.333, promotionId: 'promo_x' },
    }
    expect(await json(create(body))).toMatchObject({
      status: 201,
      stripePromotion: { percentOff: 33.333, promotionId: 'promo_x' },
    })
  })

  test('an audit row: who, what, and after', async () => {
    const { id } = await json(create({ code: 'FREE' }))
    const rows = await api.db.selectFrom('audit_log').selectAll().where('subject', '=', `coupon:core/${id}`).execute()
    expect(rows).toMatchObject([{ actor: 'root', action: 'coupon.created', after: { code: 'FREE' } }])
  })

  const promoted = (stripePromotion: object) => ({ behavior: 'stripe_promotion', stripePromotion })
  test.each([
    [{ code: undefined }, 'code'],
    [{ code: '' }, 'code'],
    [{ code: 'a b' }, 'code'],
    [{ code: 'c'.repeat(65) }, 'code'],
    [{ code: 0 }, 'code'],
    [{ code: 'a\u0000' }, 'code'],
    [{ code: 'a\ud800' }, 'code'],
    [{ code: 'İ'.repeat(64) }, 'code'],
    [{ active: 'yes' }, 'active'],
    [{ behavior: 'discount' }, 'behavior'],
    [{ maxPerGroup: -1 }, 'maxPerGroup'],
    [{ maxPerGroup: 1.5 }, 'maxPerGroup'],
    [{ maxTotal: '5' }, 'maxTotal'],
    [{ maxTotal: 2 ** 53 + 1 }, 'maxTotal'],
    [{ minManagedProducts: 0 }, 'minManagedProducts'],
    [{ minManagedProducts: 5, maxManagedProducts: 4 }, 'maxManagedProducts'],
    [{ metadata: { k: 'v'.repeat(501) } }, 'metadata.k'],
    [{ behavior: 'stripe_promotion' }, 'stripePromotion'],
    [promoted({}), 'stripePromotion.percentOff'],
    [promoted({ percentOff: 0 }), 'stripePromotion.percentOff'],
    [promoted({ percentOff: 101 }), 'stripePromotion.percentOff'],
    [promoted({ percentOff: 10, amountOff: 100, currency: 'usd' }), 'stripePromotion.amountOff'],
    [promoted({ amountOff: 0, currency: 'usd' }), 'stripePromotion.amountOff'],
    [promoted({ amountOff: 100 }), 'stripePromotion.currency'],
    [promoted({ amountOff: 100, currency: 'eur' }), 'stripePromotion.currency'],
    [promoted({ percentOff: 10, duration: 'never' }), 'stripePromotion.duration'],
    [promoted({ percentOff: 10, duration: 'repeating' }), 'stripePromotion.durationInMonths'],
    [promoted({ percentOff: 10, duration: 'once', durationInMonths: 2 }), 'stripePromotion.durationInMonths'],
    [promoted({ percentOff: 10, maxRedemptions: 0 }), 'stripePromotion.maxRedemptions'],
    [promoted([]), 'stripePromotion'],
  ])('400 invalid payload: %j names %s, writes nothing and does not call Stripe', async (change, field) => {
    const before = await shop.calls()
    expect(await json(create({ code: 'X', ...change }))).toMatchObject({
      status: 400,
      error: expect.stringMatching(/^invalid payload: /),
      code: 'invalid_payload',
      field,
    })
    expect(await api.db.selectFrom('coupons').selectAll().execute()).toEqual([])
    expect(await shop.calls()).toEqual(before)
  })

  test('409 for a code the product has, in any case; 404 for an unknown product', async () => {
    await create({ code: 'FREE' })
    expect(await json(create({ code: 'free' }))).toMatchObject({
      status: 409,
      error: 'coupon code already exists',
      code: 'coupon_taken',
      field: 'code',
    })
    const other = await insertProduct(api.db, { slug: 'other' })
    expect(await json(api.send('POST', PATH.replace('core', other.slug), { code: 'free' }, root))).toMatchObject({ status: 201 })
    expect(await json(api.send('POST', PATH.replace('core', 'nobody'), { code: 'x' }, root))).toMatchObject({
      status: 404,
      error: 'not found',
    })
  })
})

describe('PUT', () => {
  test('what is absent is cleared or kept as tabled', async () => {
    const { id } = await json(
      create({
        code: 'tier10',
        active: false,
        behavior: 'stripe_promotion',
        maxPerGroup: 1,
        maxTotal: 9,
        minManagedProducts: 10,
        maxManagedProducts: 20,
        metadata: { a: 'b' },
        stripePromotion: { ...promotion, couponId: 'c_given', promotionId: 'promo_given', maxRedemptions: 3 },
      }),
    )
    expect(await json(update(id, { stripePromotion: promotion }))).toEqual({
      status: 200,
      id,
      code: 'tier10',
      active: false,
      behavior: 'stripe_promotion',
      minManagedProducts: 10,
      maxManagedProducts: 20,
      stripePromotion: { ...promotion, couponId: 'c_given', promotionId: 'promo_given', maxRedemptions: 3 },
      createdAt: expect.any(String),
      updatedAt: expect.any(String),
    })
    expect(await json(update(id, { behavior: 'product_override' }))).not.toHaveProperty('stripePromotion')
  })

  test('another discount makes another coupon and promotion code, and the old code stops working', async () => {
    await atStripe()
    const { id, stripePromotion: before } = await json(
      create({ code: 'tier10', behavior: 'stripe_promotion', stripePromotion: promotion }),
    )
    const after = await json(update(id, { stripePromotion: { percentOff: 30, duration: 'forever' } }))
    const [was, is] = [Object(before), Object(after.stripePromotion)]
    expect(is).toMatchObject({ percentOff: 30, promotionId: expect.stringMatching(/^promo_/) })
    expect(is.promotionId).not.toBe(was.promotionId)
    expect(await shop.stripe.promotionCodes.retrieve(was.promotionId)).toMatchObject({ active: false })
    expect(await shop.stripe.promotionCodes.retrieve(is.promotionId)).toMatchObject({ active: true, code: 'tier10' })
    expect(await shop.stripe.coupons.retrieve(is.couponId)).toMatchObject({ percent_off: 30 })
  })

  test('before and after are in the audit log', async () => {
    const { id } = await json(create({ code: 'FREE' }))
    await update(id, { code: 'GRATIS' })
    const rows = await api.db.selectFrom('audit_log').selectAll().where('action', '=', 'coupon.updated').execute()
    expect(rows.at(-1)).toMatchObject({ before: { code: 'FREE' }, after: { code: 'GRATIS' } })
  })

  test('404 for an unknown id and for the coupon of another product; 409 for a code that is taken', async () => {
    const other = await insertProduct(api.db, { slug: 'other' })
    const foreign = await insertCoupon(api.db, { productId: other.id, code: 'FOREIGN' })
    expect(await json(update(foreign, {}))).toMatchObject({ status: 404, error: 'not found' })
    expect(await json(update(4_000_000_000, {}))).toMatchObject({ status: 404 })
    const { id } = await json(create({ code: 'A' }))
    await create({ code: 'B' })
    expect(await json(update(id, { code: 'b' }))).toMatchObject({ status: 409, code: 'coupon_taken' })
  })
})

describe('DELETE', () => {
  const remove = (id: unknown) => api.send('DELETE', `${PATH}/${id}`, undefined, root)

  test('204 without a body, then 404; its promotion code stops working, its redemptions stay counted', async () => {
    await atStripe()
    const { id, stripePromotion } = await json(
      create({ code: 'tier10', behavior: 'stripe_promotion', stripePromotion: promotion }),
    )
    await api.db.updateTable('coupons').set({ taken: 3 }).where('id', '=', Number(id)).execute()
    const answer = await remove(id)
    expect({ status: answer.status, body: await answer.text() }).toEqual({ status: 204, body: '' })
    expect(await json(remove(id))).toMatchObject({ status: 404, error: 'not found' })
    expect(await shop.stripe.promotionCodes.retrieve(Object(stripePromotion).promotionId)).toMatchObject({ active: false })
    expect(await api.db.selectFrom('coupons').select(['taken']).execute()).toEqual([{ taken: 3 }])
    expect(await json(create({ code: 'TIER10' }))).toMatchObject({ status: 201 })
  })

  test('by cookie, as dashboards send it, without body and content type; from a foreign site 403', async () => {
    const id = await insertCoupon(api.db, { productId, code: 'X' })
    const byCookie = async (headers: Record<string, string>) => {
      const cookie = `loopToken=${root}`
      return (await api.app.request(`${PATH}/${id}`, { method: 'DELETE', headers: { cookie, ...headers } })).status
    }
    expect(await byCookie({ origin: 'https://evil.example' })).toBe(403)
    expect(await byCookie({ origin: 'https://licenses.example.com' })).toBe(204)
  })

  test('204 also while Stripe is away', async () => {
    const alone = await anApi()
    const product = await insertProduct(alone.db, { slug: 'core' })
    const id = await insertCoupon(alone.db, {
      productId: product.id,
      code: 'X',
      behavior: 'stripe_promotion',
      stripePromotion: { percentOff: 1, promotionId: 'promo_x' },
    })
    expect((await alone.send('DELETE', `${PATH}/${id}`, undefined, root)).status).toBe(204)
    await alone.close()
  })
})

test.each(['0', 'abc', '1e3', '-1', '1.5', '9223372036854775808', '%20'])(
  'the coupon id %s: 400 invalid coupon identifier',
  async (id) => {
    for (const answer of [update(id, {}), api.send('DELETE', `${PATH}/${id}`, undefined, root)]) {
      expect(await json(answer)).toMatchObject({ status: 400, error: 'invalid coupon identifier', field: 'couponId' })
    }
  },
)

describe('GET', () => {
  test('by id; inactive ones only when asked; deleted ones never; paged', async () => {
    await insertCoupon(api.db, { productId, code: 'ON' })
    await insertCoupon(api.db, { productId, code: 'OFF', active: false })
    const gone = await insertCoupon(api.db, { productId, code: 'GONE' })
    await api.send('DELETE', `${PATH}/${gone}`, undefined, root)
    const list = async (query = '') => json(api.get(`${PATH}${query}`, root))
    expect(await list()).toMatchObject({ status: 200, items: [{ code: 'ON' }], page: 1, pageSize: 20, total: 1 })
    expect(await list('?includeInactive=true&pageSize=250')).toMatchObject({
      items: [{ code: 'ON' }, { code: 'OFF' }],
      pageSize: 100,
      total: 2,
    })
    expect(await list('?page=5')).toMatchObject({ status: 200, items: [], page: 5, total: 1 })
  })

  test('404 product not found', async () => {
    expect(await json(api.get(PATH.replace('core', 'nobody'), root))).toMatchObject({ status: 404, error: 'product not found' })
  })
})

describe('who may', () => {
  test.each([
    ['GET', PATH, undefined],
    ['POST', PATH, { code: 'X' }],
    ['PUT', `${PATH}/1`, {}],
    ['DELETE', `${PATH}/1`, undefined],
  ])('%s %s: sysadmins only, within their scopes, with a good operator license', async (method, path, body) => {
    const ask = async (token?: string) => (await api.send(method, path, body, token)).status
    expect(await ask()).toBe(401)
    expect(await ask(await aMember('acme'))).toBe(403)
    expect(await ask(await aSysadmin(['payments:read']))).toBe(403)
    expect([200, 201, 204, 404]).toContain(await ask(await aSysadmin(['catalog:admin'])))
    const guarded = await anApi({ operatorLicense: { state: () => 'error', seatLimit: () => undefined } })
    expect(await json(guarded.send(method, path, body, root))).toMatchObject({ status: 403, code: 'operator_license_invalid' })
    await guarded.close()
  })
})
