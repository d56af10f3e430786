import { billingIntervals, stripeRecurring } from '@licenseoperator/catalog'
import { insertProduct } from '@licenseoperator/db/testing'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { z } from 'zod'
import { type ACatalogApi, aCatalogApi } from '../a-catalog-api.ts'
import { aMember, anApi, aSysadmin, insertCoupon } from '../an-api.ts'

const PATH = '/authlance/license/admin/products'
const NOW = new Date('2026-03-01T12:00:00Z')
const BillingInterval = z.enum(billingIntervals)
let api: ACatalogApi['api']
let shop: ACatalogApi['shop']
let root: string
let clear: ACatalogApi['clear']
let close: ACatalogApi['close']

beforeAll(async () => {
  ;({ api, shop, root, clear, close } = await aCatalogApi({ now: () => NOW }))
})
afterAll(() => close())
beforeEach(async () => {
  await clear()
})

const asked = (fields: object = {}) => ({
  slug: `p-${crypto.randomUUID()}`,
  name: 'Core',
  type: 'one_off',
  plan: 'core',
  productKey: 'core',
  unitAmount: 21_900,
  currency: 'usd',
  billingInterval: 'one_time',
  ...fields,
})
/** A price that exists at Stripe is given, so that nothing is pushed there. */
async function known(fields: Partial<Record<string, unknown>> = {}) {
  const wanted = asked(fields)
  const {
    currency,
    unitAmount,
    type,
    billingInterval = type === 'subscription' ? 'month' : 'one_time',
    billingIntervalCount = 1,
  } = z
    .object({
      currency: z.string(),
      unitAmount: z.number(),
      type: z.string(),
      billingInterval: z.string().optional(),
      billingIntervalCount: z.number().optional(),
    })
    .parse(wanted)
  const interval = BillingInterval.parse(billingInterval.toLowerCase())
  const recurring = stripeRecurring(interval, billingIntervalCount)
  const price = await shop.stripe.prices.create({
    product_data: { name: 'Given' },
    currency: currency.trim().toLowerCase(),
    unit_amount: unitAmount,
    ...(recurring === undefined ? {} : { recurring }),
  })
  return { stripeProductId: String(price.product), stripePriceId: price.id, ...wanted }
}
const create = (body: unknown, on = api, token = root) => on.send('POST', PATH, body, token)
const update = (slug: string, body: unknown, on = api) => on.send('PUT', `${PATH}/${slug}`, body, root)
const stored = () => api.db.selectFrom('products').selectAll().execute()
async function json(answer: Response | Promise<Response>): Promise<Record<string, unknown>> {
  const response = await answer
  return { status: response.status, ...(await response.json()) }
}

describe('POST: 201', () => {
  test('as stored, with defaults, and what Stripe calls it', async () => {
    const body = { slug: ' core-year ', name: 'Core', plan: ' Core ', productKey: ' CORE ', unitAmount: 19_900 }
    const created = await json(create(body))
    expect(created).toEqual({
      status: 201,
      slug: 'core-year',
      name: 'Core',
      type: 'subscription',
      plan: 'core',
      productKey: 'core',
      pricingMode: 'fixed',
      active: true,
      internal: false,
      configManaged: false,
      currency: 'usd',
      unitAmount: 19_900,
      baseAmount: 19_900,
      billingInterval: 'month',
      billingIntervalCount: 1,
      trialPeriodDays: 0,
      lookupKey: 'core-year',
      stripeProductId: expect.stringMatching(/^prod_/),
      stripePriceId: expect.stringMatching(/^price_/),
      coupons: [],
      createdAt: '2026-03-01T12:00:00Z',
      updatedAt: '2026-03-01T12:00:00Z',
    })
    const price = await shop.stripe.prices.retrieve(String(created.stripePriceId))
    expect(price).toMatchObject({ unit_amount: 19_900, lookup_key: 'core-year', recurring: { interval: 'month' } })
  })

  test('every field; zero limits mean none; tiers in evaluation order; metadata and coupons', async () => {
    const created = await json(
      create(
        await known({
          type: 'subscription',
          description: 'All of it',
          pricingMode: 'tiered',
          internal: true,
          configManaged: true,
          currency: ' EUR ',
          baseAmount: 0,
          billingInterval: 'Quarter',
          billingIntervalCount: 2,
          trialPeriodDays: 30,
          maxLicenseTotal: 0,
          maxManagedProducts: 20,
          lookupKey: 'everything',
          metadata: { tier: 'gold' },
          pricingTiers: [
            { factor: 0.225, perUnit: true },
            { upperBound: 6, amount: 12_000 },
            { upperBound: 3, amount: 9900 },
          ],
          coupons: [{ code: 'FREE', maxTotal: 5 }],
          createdAt: '1999-01-01T00:00:00Z',
          licensesTaken: 7,
        }),
      ),
    )
    expect(created).toMatchObject({
      status: 201,
      currency: 'eur',
      baseAmount: 21_900,
      billingInterval: 'quarter',
      pricingTiers: [
        { upperBound: 3, amount: 9900 },
        { upperBound: 6, amount: 12_000 },
        { factor: 0.225, perUnit: true },
      ],
      metadata: { tier: 'gold' },
      maxManagedProducts: 20,
      coupons: [{ code: 'FREE', active: true, behavior: 'product_override', maxTotal: 5 }],
      createdAt: '2026-03-01T12:00:00Z',
    })
    expect(created).not.toHaveProperty('maxLicenseTotal')
    expect(created).not.toHaveProperty('termDurationDays')
    expect((await stored())[0]).toMatchObject({ licenses_taken: 0 })
  })

  test.each(['recurring', 'one_time'])('the older pricing mode %s means fixed', async (pricingMode) => {
    expect(await json(create(await known({ pricingMode })))).toMatchObject({ status: 201, pricingMode: 'fixed' })
  })

  test('a bundle answers its parts as they would be issued', async () => {
    await insertProduct(api.db, { slug: 'part', productKey: 'part', pricingMode: 'tiered' })
    const bundledProducts = [{ productKey: 'PART', managedProducts: 5 }]
    expect(await json(create(await known({ bundledProducts })))).toMatchObject({
      status: 201,
      bundledProducts: [
        {
          productKey: 'part',
          productSlug: 'part',
          plan: 'core',
          type: 'one_off',
          pricingMode: 'tiered',
          quantity: 1,
          managedProducts: 5,
        },
      ],
    })
  })

  test('Stripe being away fails nothing, and the product can be sold at its amount', async () => {
    const alone = await anApi()
    const created = await json(create(asked(), alone))
    expect(created).toMatchObject({ status: 201 })
    expect(created).not.toHaveProperty('stripePriceId')
    await alone.close()
  })

  test('an audit row in the same transaction: who, what, and after', async () => {
    const body = await known()
    await create(body)
    const rows = await api.db.selectFrom('audit_log').selectAll().where('subject', '=', `product:${body.slug}`).execute()
    expect(rows).toMatchObject([
      { actor: 'root', action: 'product.created', before: null, after: { slug: body.slug, unitAmountMinor: 21_900 } },
    ])
    expect(rows[0]?.request_id).toMatch(/./)
  })
})

describe('POST: 400 invalid payload, nothing written, no call to Stripe', () => {
  const tier = { upperBound: 3, amount: 9900 }
  test.each([
    [{ slug: undefined }, 'slug'],
    [{ slug: '../x' }, 'slug'],
    [{ slug: 'Upper' }, 'slug'],
    [{ slug: 'seat-usage' }, 'slug'],
    [{ slug: 's'.repeat(129) }, 'slug'],
    [{ slug: 0 }, 'slug'],
    [{ slug: ['x'] }, 'slug'],
    [{ name: undefined }, 'name'],
    [{ name: '' }, 'name'],
    [{ name: 'n'.repeat(256) }, 'name'],
    [{ name: 'a\u0000' }, 'name'],
    [{ name: '\ud800' }, 'name'],
    [{ description: 'd'.repeat(4097) }, 'description'],
    [{ type: 'perpetual' }, 'type'],
    [{ plan: undefined }, 'plan'],
    [{ plan: ' ' }, 'plan'],
    [{ productKey: undefined }, 'productKey'],
    [{ productKey: 'unknown' }, 'productKey'],
    [{ pricingMode: 'graduated' }, 'pricingMode'],
    [{ active: 'true' }, 'active'],
    [{ internal: 1 }, 'internal'],
    [{ currency: 'usdx' }, 'currency'],
    [{ unitAmount: undefined }, 'unitAmount'],
    [{ unitAmount: 1.5 }, 'unitAmount'],
    [{ unitAmount: -1 }, 'unitAmount'],
    [{ unitAmount: 10 ** 12 }, 'unitAmount'],
    [{ unitAmount: '5' }, 'unitAmount'],
    [{ baseAmount: -1 }, 'baseAmount'],
    [{ billingInterval: 'fortnight' }, 'billingInterval'],
    [{ billingInterval: 'month' }, 'billingInterval'],
    [{ type: 'subscription', billingInterval: 'one_time' }, 'billingInterval'],
    [{ type: 'subscription', billingInterval: 'year', billingIntervalCount: 4 }, 'billingIntervalCount'],
    [{ type: 'subscription', billingInterval: 'month', billingIntervalCount: 37 }, 'billingIntervalCount'],
    [{ type: 'subscription', billingInterval: 'month', billingIntervalCount: 0 }, 'billingIntervalCount'],
    [{ trialPeriodDays: 731 }, 'trialPeriodDays'],
    [{ termDurationDays: 0 }, 'termDurationDays'],
    [{ termDurationDays: 36_501 }, 'termDurationDays'],
    [{ maxLicenseTotal: -1 }, 'maxLicenseTotal'],
    [{ maxLicenseTotal: 2 ** 31 }, 'maxLicenseTotal'],
    [{ maxManagedProducts: 1_000_001 }, 'maxManagedProducts'],
    [{ lookupKey: 'l'.repeat(201) }, 'lookupKey'],
    [{ metadata: { ['k'.repeat(41)]: 'v' } }, `metadata.${'k'.repeat(41)}`],
    [{ metadata: { k: 'v'.repeat(501) } }, 'metadata.k'],
    [{ metadata: { k: 1 } }, 'metadata.k'],
    [{ metadata: Object.fromEntries(Array.from({ length: 51 }, (_, index) => [`k${index}`, 'v'])) }, 'metadata'],
    [{ metadata: [] }, 'metadata'],
    [{ pricingTiers: [{}] }, 'pricingTiers[0]'],
    [{ pricingTiers: [{ upperBound: 0, amount: 1 }] }, 'pricingTiers[0].upperBound'],
    [{ pricingTiers: [{ factor: 0 }] }, 'pricingTiers[0].factor'],
    [{ pricingTiers: [{ amount: 0 }] }, 'pricingTiers[0].amount'],
    [{ pricingTiers: [tier, tier] }, 'pricingTiers'],
    [{ pricingTiers: [{ amount: 1 }, { amount: 2 }] }, 'pricingTiers'],
    [{ pricingTiers: Array.from({ length: 101 }, (_, index) => ({ upperBound: index + 1 })) }, 'pricingTiers'],
    [{ pricingTiers: {} }, 'pricingTiers'],
    [{ bundledProducts: [{ productKey: 'core' }] }, 'bundledProducts[0].productKey'],
    [{ bundledProducts: [{ productKey: 'nobody' }] }, 'bundledProducts[0].productKey'],
    [{ bundledProducts: [{ productKey: 'a' }, { productKey: 'A' }] }, 'bundledProducts[1].productKey'],
    [{ bundledProducts: [{ productKey: 'a', quantity: 0 }] }, 'bundledProducts[0].quantity'],
    [{ coupons: [{ code: 'a b' }] }, 'coupons[0].code'],
    [{ coupons: [{}] }, 'coupons[0].code'],
    [{ coupons: [{ code: 'X', behavior: 'stripe_promotion' }] }, 'coupons[0].stripePromotion'],
  ])('%j names %s', async (change, field) => {
    const before = await shop.calls()
    expect(await json(create(asked(change)))).toMatchObject({
      status: 400,
      error: expect.stringMatching(/^invalid payload/),
      code: 'invalid_payload',
      field,
    })
    expect(await stored()).toEqual([])
    expect(await shop.calls()).toEqual(before)
  })

  test('a component that is a bundle, and a tiered one without seats', async () => {
    const part = await insertProduct(api.db, { slug: 'part', productKey: 'part', pricingMode: 'tiered' })
    await insertProduct(api.db, {
      slug: 'set',
      productKey: 'set',
      bundledProducts: [{ productKey: part.productKey, quantity: 1 }],
    })
    expect(await json(create(await known({ bundledProducts: [{ productKey: 'set' }] })))).toMatchObject({
      status: 400,
      field: 'bundledProducts[0].productKey',
    })
    expect(await json(create(await known({ bundledProducts: [{ productKey: 'part' }] })))).toMatchObject({
      status: 400,
      field: 'bundledProducts[0].managedProducts',
    })
  })

  test('a lookup key that another active product has; an inactive one does not count', async () => {
    await create(await known({ slug: 'first', lookupKey: 'mine' }))
    expect(await json(create(await known({ lookupKey: 'mine' })))).toMatchObject({ status: 400, field: 'lookupKey' })
    expect(await json(create(await known({ lookupKey: 'mine', active: false })))).toMatchObject({ status: 201 })
  })
})

describe('a price at Stripe that is given: the shop shows what Stripe charges', () => {
  test.each([
    [{ unitAmount: 5500 }, 'unitAmount'],
    [{ currency: 'eur' }, 'currency'],
    [{ type: 'subscription', billingInterval: 'year' }, 'billingInterval'],
    [{ stripeProductId: 'prod_other' }, 'stripeProductId'],
    [{ stripePriceId: 'price_nobody' }, 'stripePriceId'],
    [{ stripePriceId: '../v1/customers' }, 'stripePriceId'],
  ])('%j names %s, on creation and on change, and nothing is written', async (difference, field) => {
    const { stripePriceId, stripeProductId, ...given } = await known()
    const body = { ...given, stripeProductId, stripePriceId, ...difference }
    expect(await json(create(body))).toMatchObject({ status: 400, code: 'invalid_payload', field })
    expect(await stored()).toEqual([])
    await create(given)
    const [before] = await stored()
    expect(await json(update(given.slug, body))).toMatchObject({ status: 400, code: 'invalid_payload', field })
    expect(await stored()).toEqual([before])
  })

  test.each([
    [
      { type: 'subscription', billingInterval: 'month', billingIntervalCount: 3 },
      { billingIntervalCount: 2 },
      'billingIntervalCount',
    ],
    [{ type: 'subscription', billingInterval: 'quarter' }, { billingInterval: 'month' }, 'billingIntervalCount'],
    [{ type: 'subscription', billingInterval: 'year' }, { type: 'one_off', billingInterval: 'one_time' }, 'billingInterval'],
  ])('%j given as %j names %s', async (terms, difference, field) => {
    const body = await known(terms)
    expect(await json(create({ ...body, ...difference }))).toMatchObject({ status: 400, field })
    expect(await json(create(body))).toMatchObject({ status: 201, stripePriceId: body.stripePriceId })
  })

  test('one that is archived, or whose product is', async () => {
    const body = await known()
    await shop.stripe.prices.update(body.stripePriceId, { active: false })
    expect(await json(create(body))).toMatchObject({ status: 400, field: 'stripePriceId' })
    const other = await known()
    await shop.stripe.products.update(other.stripeProductId, { active: false })
    expect(await json(create(other))).toMatchObject({ status: 400, field: 'stripeProductId' })
  })

  test('without its product: that is filled in', async () => {
    const { stripeProductId, ...body } = await known()
    expect(await json(create(body))).toMatchObject({ status: 201, stripeProductId, stripePriceId: body.stripePriceId })
  })

  test('Stripe being away: nobody has looked at it, so nothing is written', async () => {
    const alone = await anApi()
    expect(await json(create(await known(), alone))).toMatchObject({ status: 503, code: 'temporarily_unavailable' })
    expect(await alone.db.selectFrom('products').selectAll().execute()).toEqual([])
    await alone.close()
  })
})

describe('a bundle that is on sale can be delivered', () => {
  const aBundle = async () => {
    const part = await json(create(asked({ slug: 'part', productKey: 'core' })))
    const bundle = await json(create(asked({ slug: 'set', productKey: 'pro', bundledProducts: [{ productKey: 'core' }] })))
    expect([part.status, bundle.status]).toEqual([201, 201])
  }
  test.each([
    [{ active: false }, 'active'],
    [{ productKey: 'pro' }, 'productKey'],
    [{ pricingMode: 'tiered' }, 'pricingMode'],
    [{ productKey: 'core', bundledProducts: [{ productKey: 'pro' }] }, 'bundledProducts[0].productKey'],
  ])('%j of a part is refused while the bundle is, and names %s', async (difference, field) => {
    await aBundle()
    const [before] = await stored()
    expect(await json(update('part', difference))).toMatchObject({ status: 400, code: 'invalid_payload', field })
    expect((await stored())[0]).toEqual(before)
    expect(await json(update('set', { active: false, bundledProducts: [{ productKey: 'core' }] }))).toMatchObject({ status: 200 })
    if (field !== 'bundledProducts[0].productKey') expect(await json(update('part', difference))).toMatchObject({ status: 200 })
  })

  test('a part goes while a bundle of it comes: one of the two', async () => {
    for (let round = 0; round < 5; round += 1) {
      await api.db.deleteFrom('prices').execute()
      await api.db.deleteFrom('products').execute()
      await create(asked({ slug: 'part', productKey: 'core' }))
      const bundle = asked({ slug: 'set', productKey: 'pro', bundledProducts: [{ productKey: 'core' }] })
      const answers = await Promise.all([update('part', { active: false }), create(bundle)])
      expect(answers.map(({ status }) => status < 300).toSorted()).toEqual([false, true])
    }
  })
})

describe('POST: 409', () => {
  test('a slug that exists', async () => {
    const body = await known()
    await create(body)
    expect(await json(create({ ...body, lookupKey: 'another' }))).toMatchObject({
      status: 409,
      error: 'product slug already exists',
      code: 'slug_taken',
    })
  })

  test('no seat left, with the body that dashboards look for', async () => {
    const limited = await anApi({ stripe: shop.account, operatorLicense: { state: () => 'valid', seatLimit: () => 1 } })
    expect((await create(await known(), limited)).status).toBe(201)
    expect(await json(create(await known(), limited))).toEqual({
      status: 409,
      error: 'seat_limit_exceeded',
      message: '2 active products need 2 seats; the operator license has 1',
      required: 2,
      seatLimit: 1,
      code: 'seat_limit_exceeded',
      requestId: expect.any(String),
    })
    expect((await create(await known({ active: false }), limited)).status).toBe(201)
    await limited.close()
  })

  test('two administrators at the same instant for the last seat: one gets it, by creating or by activating', async () => {
    const limited = await anApi({ stripe: shop.account, operatorLicense: { state: () => 'valid', seatLimit: () => 5 } })
    const idle = await Promise.all(
      Array.from({ length: 10 }, async () => {
        const body = await known({ active: false })
        await create(body, limited)
        return body.slug
      }),
    )
    const answers = await Promise.all([
      ...Array.from({ length: 40 }, async () => create(await known(), limited)),
      ...idle.map((slug) => update(slug, { active: true }, limited)),
    ])
    expect(answers.filter(({ status }) => status < 300)).toHaveLength(5)
    expect(answers.filter(({ status }) => status === 409)).toHaveLength(45)
    const usage = await limited.get(`${PATH}/seat-usage`, root)
    expect(await usage.json()).toMatchObject({ activeTotal: 5, availableSeats: 0 })
    await limited.close()
  })
})

describe('PUT', () => {
  const full = async () =>
    known({
      type: 'subscription',
      description: 'All of it',
      pricingMode: 'tiered',
      internal: true,
      billingInterval: 'year',
      billingIntervalCount: 2,
      trialPeriodDays: 30,
      baseAmount: 9900,
      maxLicenseTotal: 3,
      maxManagedProducts: 20,
      lookupKey: 'everything',
      metadata: { tier: 'gold' },
      pricingTiers: [{ upperBound: 3, amount: 9900 }],
      coupons: [{ code: 'FREE' }],
    })

  test('what is absent is cleared or kept as tabled', async () => {
    const body = await full()
    const before = await json(create(body))
    const after = await json(update(body.slug, {}))
    expect(after).toEqual({
      status: 200,
      slug: body.slug,
      name: 'Core',
      type: 'subscription',
      plan: 'core',
      productKey: 'core',
      pricingMode: 'tiered',
      active: true,
      internal: true,
      configManaged: false,
      currency: 'usd',
      unitAmount: 21_900,
      baseAmount: 21_900,
      billingInterval: 'year',
      billingIntervalCount: 2,
      trialPeriodDays: 0,
      stripeProductId: before.stripeProductId,
      stripePriceId: before.stripePriceId,
      coupons: before.coupons,
      createdAt: before.createdAt,
      updatedAt: expect.any(String),
    })
  })

  test('what the dashboards send back changes nothing', async () => {
    const body = await full()
    const { status: _status, coupons: _coupons, ...before } = await json(create(body))
    const after = await json(update(body.slug, before))
    expect(after).toMatchObject({ ...before, status: 200 })
  })

  test('null equals absent', async () => {
    const body = await full()
    await create(body)
    expect(await json(update(body.slug, { name: null, metadata: null }))).toMatchObject({ status: 200, name: 'Core' })
  })

  test('coupons in the body are created or updated by code; none is deleted', async () => {
    const body = await known({ coupons: [{ code: 'OLD', maxTotal: 1 }, { code: 'Stays' }] })
    await create(body)
    const after = await json(update(body.slug, { coupons: [{ code: 'old', maxTotal: 2 }, { code: 'NEW' }] }))
    expect(after.coupons).toMatchObject([{ code: 'old', maxTotal: 2 }, { code: 'Stays' }, { code: 'NEW' }])
  })

  test("a coupon's other discount in the body makes another promotion code and ends the old one; both are audited", async () => {
    const promoted = (percentOff: number) => ({
      coupons: [{ code: 'deal', behavior: 'stripe_promotion', stripePromotion: { percentOff, duration: 'once' } }],
    })
    const body = asked()
    const before = Object((await json(create({ ...body, ...promoted(10) }))).coupons)[0]
    const after = Object((await json(update(body.slug, promoted(20)))).coupons)[0]
    const { promotionId: was } = before.stripePromotion
    expect(after.stripePromotion).toMatchObject({ percentOff: 20, promotionId: expect.stringMatching(/^promo_/) })
    expect(await shop.stripe.promotionCodes.retrieve(was)).toMatchObject({ active: false })
    expect(await shop.stripe.promotionCodes.retrieve(after.stripePromotion.promotionId)).toMatchObject({ active: true })
    const subject = `coupon:${body.slug}/${before.id}`
    const rows = await api.db
      .selectFrom('audit_log')
      .select(['actor', 'action'])
      .where('subject', '=', subject)
      .orderBy('id')
      .execute()
    expect(rows).toEqual([
      { actor: 'root', action: 'coupon.created' },
      { actor: 'root', action: 'coupon.updated' },
    ])
  })

  test('another amount makes another Stripe price and archives the old one, also when the old id is sent back', async () => {
    const body = asked()
    const { stripePriceId } = await json(create(body))
    const after = await json(update(body.slug, { ...body, unitAmount: 25_000, stripePriceId }))
    expect(after).toMatchObject({ status: 200, unitAmount: 25_000, stripePriceId: expect.stringMatching(/^price_/) })
    expect(after.stripePriceId).not.toBe(stripePriceId)
    expect(await shop.stripe.prices.retrieve(String(after.stripePriceId))).toMatchObject({ unit_amount: 25_000, active: true })
    expect(await shop.stripe.prices.retrieve(String(stripePriceId))).toMatchObject({ unit_amount: 21_900, active: false })
  })

  test('two administrators at once: what is sold at costs what the later one said', async () => {
    const body = asked()
    await create(body)
    for (const amounts of [
      [25_000, 26_000],
      [27_000, 28_000],
      [29_000, 30_000],
    ]) {
      await Promise.all(amounts.map((unitAmount) => update(body.slug, { unitAmount })))
      const [row] = await stored()
      const [price] = (await shop.stripe.prices.list({ lookup_keys: [body.slug] })).data
      expect(price).toMatchObject({ id: row?.stripe_price_id, unit_amount: row?.unit_amount_minor, active: true })
    }
  })

  test('another amount while Stripe is away: no price is named, so that nobody is charged the old amount', async () => {
    const alone = await anApi()
    const { slug } = await insertProduct(alone.db, { stripeProductId: 'prod_given', stripePriceId: 'price_given' })
    const after = await json(update(slug, { unitAmount: 25_000 }, alone))
    expect(after).toMatchObject({ status: 200, unitAmount: 25_000, stripeProductId: 'prod_given' })
    expect(after).not.toHaveProperty('stripePriceId')
    await alone.close()
  })

  test('before and after are in the audit log', async () => {
    const body = await known()
    await create(body)
    await update(body.slug, { name: 'Renamed' })
    const rows = await api.db.selectFrom('audit_log').selectAll().where('action', '=', 'product.updated').execute()
    expect(rows.at(-1)).toMatchObject({ actor: 'root', before: { name: 'Core' }, after: { name: 'Renamed' } })
  })

  test('50 administrators at once: one of them as a whole, and 50 audit rows', async () => {
    const body = await known()
    await create(body)
    const names = Array.from({ length: 50 }, (_, index) => `Name ${index}`)
    const answers = await Promise.all(names.map((name) => update(body.slug, { name, description: name })))
    expect(answers.every(({ status }) => status === 200)).toBe(true)
    const [row] = await stored()
    expect(row?.description).toBe(row?.name)
    const rows = await api.db.selectFrom('audit_log').select('id').where('subject', '=', `product:${body.slug}`).execute()
    expect(rows).toHaveLength(51)
  })

  test('404 for an unknown slug; 400 for another slug in the body', async () => {
    for (const slug of ['nobody', 'n%C3%B6body'])
      expect(await json(update(slug, {}))).toMatchObject({ status: 404, error: 'not found', code: 'not_found' })
    const body = await known()
    await create(body)
    expect(await json(update(body.slug, { slug: 'other' }))).toMatchObject({ status: 400, field: 'slug' })
    expect(await json(update(body.slug, { unitAmount: -1 }))).toMatchObject({ status: 400, field: 'unitAmount' })
  })

  test('409 only when it becomes active without a seat', async () => {
    const limited = await anApi({ stripe: shop.account, operatorLicense: { state: () => 'valid', seatLimit: () => 1 } })
    const [active, idle] = [await known(), await known({ active: false })]
    await create(active, limited)
    await create(idle, limited)
    expect(await json(update(idle.slug, { active: true }, limited))).toMatchObject({ status: 409, required: 2, seatLimit: 1 })
    expect(await json(update(active.slug, { active: true, name: 'Renamed' }, limited))).toMatchObject({ status: 200 })
    expect(await json(update(active.slug, { active: false }, limited))).toMatchObject({ status: 200, active: false })
    expect(await json(update(idle.slug, { active: true }, limited))).toMatchObject({ status: 200, active: true })
    await limited.close()
  })
})

describe('GET', () => {
  const list = async (query: string) => json(api.get(`${PATH}${query}`, root))

  test('by age, without inactive and internal ones unless asked, with all coupons', async () => {
    const { id } = await insertProduct(api.db, { slug: 'open' })
    await insertProduct(api.db, { slug: 'idle', active: false })
    await insertProduct(api.db, { slug: 'hidden', internal: true })
    await insertCoupon(api.db, { productId: id, code: 'OFF', active: false })
    const slugs = async (query: string) => {
      const { items, total } = await list(query)
      return { slugs: (items as { slug: string }[]).map(({ slug }) => slug), total }
    }
    expect(await slugs('')).toEqual({ slugs: ['open'], total: 1 })
    expect(await slugs('?includeInactive=true')).toEqual({ slugs: ['open', 'idle'], total: 2 })
    expect(await slugs('?includeInactive=1&includeInternal=true')).toEqual({ slugs: ['open', 'idle', 'hidden'], total: 3 })
    expect(await slugs('?includeInactive=yes')).toEqual({ slugs: ['open'], total: 1 })
    expect((await list('')).items).toMatchObject([{ coupons: [{ code: 'OFF', active: false }] }])
  })

  test.each([
    ['', 1, 20],
    ['?pageSize=250', 1, 100],
    ['?page=0&pageSize=0', 1, 20],
    ['?page=-1&pageSize=abc', 1, 20],
    ['?page=2&page=3', 2, 20],
    ['?page=999999999999', 21_000_000, 20],
  ])('%s echoes page %i and page size %i', async (query, page, pageSize) => {
    expect(await list(query)).toMatchObject({ status: 200, page, pageSize, items: [] })
  })
})

test('seat usage: config-managed and custom, no limit without an operator license', async () => {
  await insertProduct(api.db, { configManaged: true })
  await insertProduct(api.db, { internal: true })
  await insertProduct(api.db, { active: false })
  const answer = await api.get(`${PATH}/seat-usage`, root)
  expect(await answer.json()).toEqual({ activeConfigManaged: 1, activeCustom: 1, activeTotal: 2 })
})

describe('who may', () => {
  const operations: [string, string, object | undefined][] = [
    ['GET', PATH, undefined],
    ['POST', PATH, asked()],
    ['PUT', `${PATH}/core`, {}],
    ['GET', `${PATH}/seat-usage`, undefined],
  ]
  test.each(operations)(
    '%s %s: sysadmins only, within their scopes, with a good operator license',
    async (method, path, body) => {
      const ask = async (token?: string, on = api) => (await on.send(method, path, body, token)).status
      expect(await ask()).toBe(401)
      expect(await ask(await aMember('acme'))).toBe(403)
      expect(await ask(await aSysadmin(['payments:read']))).toBe(403)
      expect([200, 201, 404]).toContain(await ask(await aSysadmin(['catalog:admin'])))
      const guarded = await anApi({ operatorLicense: { state: () => 'invalid', seatLimit: () => undefined } })
      expect(await json(guarded.send(method, path, body, root))).toMatchObject({
        status: 403,
        error: 'operator license is not valid',
        code: 'operator_license_invalid',
      })
      expect(await guarded.db.selectFrom('products').selectAll().execute()).toEqual([])
      await guarded.close()
    },
  )
})
