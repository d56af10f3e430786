import { unlessUnknown } from '@licenseoperator/stripe'
import type { Stripe } from 'stripe'
import type { Ask } from './ask.ts'

/** Metadata keys by which we know our objects at Stripe again. */
export const OUR_SLUG = 'licenseoperator_slug'
export const OUR_CODE = 'licenseoperator_code'

/** A promotion code with its coupon expanded. */
export type PromotionCode = Stripe.PromotionCode

/** Stripe's side, by listing only: search shows an object up to a minute late. */
export interface StripeCatalog {
  /** Reads every product once, so that `product` and `productOf` ask nothing more. For runs over the whole catalog. */
  walkProducts(): Promise<void>
  product(id: string): Promise<Stripe.Product | undefined>
  /** The product whose metadata names the slug, active ones first, then the oldest. */
  productOf(slug: string): Promise<Stripe.Product | undefined>
  price(id: string): Promise<Stripe.Price | undefined>
  /** The price that holds the lookup key, active or not. */
  priceWithKey(lookupKey: string): Promise<Stripe.Price | undefined>
  /** The price has another lookup key now than when it was read. */
  forgetPrice(id: string): void
  activePricesOf(productId: string): Promise<Stripe.Price[]>
  coupon(id: string): Promise<Stripe.Coupon | undefined>
  couponsOf(slug: string, code: string): Promise<Stripe.Coupon[]>
  promotionCode(id: string): Promise<PromotionCode | undefined>
  /** Active codes that every customer may use, in whatever case. */
  activePromotionCodes(code: string): Promise<PromotionCode[]>
}

const PAGE = 100
/** A bound for every walk: an account with more than this is walked no further. */
const MOST_WALKED = 20_000
const KEYS_PER_REQUEST = 10

export function openStripeCatalog(stripe: Stripe, ask: Ask, lookupKeys: readonly string[]): StripeCatalog {
  let products: Promise<Map<string, Stripe.Product>> | undefined
  let coupons: Promise<Stripe.Coupon[]> | undefined
  const pricesByKey = new Map<string, Stripe.Price | undefined>()

  const allProducts = () => {
    products ??= walk(ask, (after) => stripe.products.list(pageAfter(after))).then(
      (all) => new Map(all.map((product) => [product.id, product])),
    )
    return products
  }
  const allCoupons = () => {
    coupons ??= walk(ask, (after) => stripe.coupons.list(pageAfter(after)))
    return coupons
  }

  return {
    walkProducts: async () => void (await allProducts()),
    product: async (id) =>
      products === undefined ? unlessUnknown(ask(() => stripe.products.retrieve(id))) : (await products).get(id),
    productOf: async (slug) => {
      const marked = [...(await allProducts()).values()].filter((product) => product.metadata[OUR_SLUG] === slug)
      return marked.toSorted((a, b) => Number(b.active) - Number(a.active) || a.created - b.created)[0]
    },
    price: (id) => unlessUnknown(ask(() => stripe.prices.retrieve(id))),
    priceWithKey: async (lookupKey) => {
      if (!pricesByKey.has(lookupKey)) {
        const keys = nextKeys(lookupKeys, lookupKey)
        const { data } = await ask(() => stripe.prices.list({ lookup_keys: keys, limit: PAGE }))
        for (const key of keys)
          pricesByKey.set(
            key,
            data.find((price) => price.lookup_key === key),
          )
      }
      return pricesByKey.get(lookupKey)
    },
    forgetPrice: (id) => {
      for (const [key, price] of pricesByKey) if (price?.id === id) pricesByKey.delete(key)
    },
    activePricesOf: (productId) =>
      walk(ask, (after) => stripe.prices.list({ product: productId, active: true, ...pageAfter(after) })),
    coupon: (id) => unlessUnknown(ask(() => stripe.coupons.retrieve(id))),
    couponsOf: async (slug, code) =>
      (await allCoupons()).filter(({ metadata }) => metadata?.[OUR_SLUG] === slug && metadata[OUR_CODE] === code),
    promotionCode: (id) => unlessUnknown(ask(() => stripe.promotionCodes.retrieve(id, { expand: ['promotion.coupon'] }))),
    activePromotionCodes: async (code) => {
      const { data } = await ask(() =>
        stripe.promotionCodes.list({ code, active: true, limit: PAGE, expand: ['data.promotion.coupon'] }),
      )
      return data.filter((promotionCode) => promotionCode.customer === null)
    },
  }
}

/** The key and those after it, as many as one request takes. */
export function nextKeys(all: readonly string[], key: string): string[] {
  const at = all.indexOf(key)
  return at === -1 ? [key] : all.slice(at, at + KEYS_PER_REQUEST)
}

function pageAfter(after: string | undefined): { limit: number; starting_after?: string } {
  return { limit: PAGE, ...(after === undefined ? {} : { starting_after: after }) }
}

/** Page by page instead of the SDK's own walk, because each page may meet a rate limit. */
async function walk<T extends { readonly id: string }>(
  ask: Ask,
  page: (after: string | undefined) => Promise<{ data: T[]; has_more: boolean }>,
): Promise<T[]> {
  const all: T[] = []
  for (;;) {
    const { data, has_more: more } = await ask(() => page(all.at(-1)?.id))
    all.push(...data)
    if (!more || data.length === 0 || all.length >= MOST_WALKED) return all
  }
}
