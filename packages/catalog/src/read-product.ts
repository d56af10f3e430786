import type { CouponFields } from './coupon.ts'
import { couponAsked } from './coupon-fields.ts'
import { CouponRequest } from './coupon-request.ts'
import { couponProblems } from './coupon-rules.ts'
import { below, type Problem, pathText, problem } from './problem.ts'
import { missingFrom, type ProductFields, productAsked } from './product-fields.ts'
import { BundleComponentRequest, PricingTierRequest, ProductRequest } from './product-request.ts'
import { productProblems, type Ruled } from './product-rules.ts'

/** A product that was read as a whole, or everything that is wrong with it. */
export type ReadProduct =
  | {
      readonly product: ProductFields
      readonly coupons: readonly Omit<CouponFields, 'productId'>[]
      readonly problems?: undefined
    }
  | { readonly problems: readonly Problem[] }

/**
 * Reads what asks for a new product and judges it by every rule: the door of the configuration file, and what a creation over HTTP amounts to. Unlike
 * there, every problem is told.
 *
 * @param body  in the words of `ProductRequest`
 * @param productKeys  lower-case, those with a signing key; `undefined` where they are not known
 */
export function readProduct(body: unknown, productKeys?: readonly string[]): ReadProduct {
  const whole = ProductRequest.safeParse(body)
  const issues = whole.success ? [] : whole.error.issues.map(asProblem)
  const wrong = new Set(issues.map(({ path }) => path[0]))
  const request = whole.success ? whole.data : readable(body, wrong)
  const coupons = couponsIn(body)
  const found = [
    ...missingFrom(request).filter(({ path }) => !wrong.has(path[0])),
    ...productProblems(ruledOf(request, wrong, body), productKeys),
    ...repeatedCodes(coupons),
    ...coupons.flatMap((coupon, index) =>
      coupon === undefined ? [] : below(['coupons', index], problemsOfCoupon(request, wrong, coupon)),
    ),
  ]
  if (issues.length + found.length > 0) return { problems: firstOfEachField([...issues, ...found]) }
  return { product: productAsked(request), coupons: (request.coupons ?? []).map(couponAsked) }
}

/** A field that breaks two rules is told once, as over HTTP. */
function firstOfEachField(problems: readonly Problem[]): Problem[] {
  const byField = new Map(problems.toReversed().map((problem) => [pathText(problem.path), problem]))
  return problems.filter((problem) => byField.get(pathText(problem.path)) === problem)
}

function asProblem({ path, message }: { path: readonly PropertyKey[]; message: string }): Problem {
  return { path: path.map((part) => (typeof part === 'number' ? part : String(part))), message }
}

/** The fields that can be read by themselves. */
function readable(body: unknown, wrong: ReadonlySet<unknown>): ProductRequest {
  if (typeof body !== 'object' || body === null) return {}
  const fields = Object.entries(body).filter(([name]) => !wrong.has(name))
  return ProductRequest.safeParse(Object.fromEntries(fields)).data ?? {}
}

/** What the rules can be asked about: fields that are wrong by themselves, and those that follow from them, are left out. */
function ruledOf(request: ProductRequest, wrong: ReadonlySet<unknown>, body: unknown): Ruled {
  const { type, productKey, pricingMode, currency, unitAmountMinor, baseAmountMinor, ...asked } = productAsked(request)
  const { billingInterval, billingIntervalCount } = asked
  const intervalKnown = !wrong.has('billingInterval') && (request.billingInterval !== undefined || !wrong.has('type'))
  const priced = !wrong.has('unitAmount') && request.unitAmount !== undefined
  return {
    ...(wrong.has('type') ? {} : { type }),
    ...(request.productKey === undefined ? {} : { productKey }),
    ...(wrong.has('pricingMode') ? {} : { pricingMode }),
    ...(wrong.has('currency') ? {} : { currency }),
    ...(priced ? { unitAmountMinor } : {}),
    ...(priced && !wrong.has('baseAmount') ? { baseAmountMinor } : {}),
    ...(intervalKnown ? { billingInterval } : {}),
    ...(wrong.has('billingIntervalCount') ? {} : { billingIntervalCount }),
    pricingTiers: entriesOf(body, 'pricingTiers').map((entry) => PricingTierRequest.safeParse(entry).data),
    bundledProducts: entriesOf(body, 'bundledProducts').map((entry) => BundleComponentRequest.safeParse(entry).data),
  }
}

/** Entries keep their place: one that cannot be read is `undefined`. */
function couponsIn(body: unknown): (CouponRequest | undefined)[] {
  return entriesOf(body, 'coupons').map((entry) => CouponRequest.safeParse(entry).data)
}

function entriesOf(body: unknown, field: string): unknown[] {
  const list: unknown = typeof body === 'object' && body !== null ? Reflect.get(body, field) : undefined
  return Array.isArray(list) ? list : []
}

function problemsOfCoupon(request: ProductRequest, wrong: ReadonlySet<unknown>, coupon: CouponRequest): Problem[] {
  if (coupon.code === undefined) return [problem('is required', 'code')]
  const { currency, unitAmountMinor, pricingMode } = productAsked(request)
  const owner = {
    ...(wrong.has('currency') ? {} : { currency }),
    ...(request.unitAmount === undefined ? {} : { unitAmountMinor }),
    ...(wrong.has('pricingMode') ? {} : { pricingMode }),
  }
  return couponProblems(owner, couponAsked(coupon))
}

/** Codes are matched without regard to case. */
export function repeatedCodes(coupons: readonly (Pick<CouponRequest, 'code'> | undefined)[]): Problem[] {
  const codes = coupons.map((coupon) => coupon?.code?.toLowerCase())
  return codes.flatMap((code, index) =>
    code !== undefined && codes.indexOf(code) !== index
      ? [problem('is used twice on this product', 'coupons', index, 'code')]
      : [],
  )
}
