import { invalidParameter, invalidRequest } from './stripe-error.ts'
import type { JsonObject } from './wire.ts'

// Limits that the SDK's declarations do not say: lengths, currencies, least charges.

/** @see https://docs.stripe.com/currencies#presentment-currencies */
const currencies: ReadonlySet<string> = new Set(
  (
    'usd aed afn all amd ang aoa ars aud awg azn bam bbd bdt bgn bhd bif bmd bnd bob brl bsd bwp byn bzd cad cdf chf clp cny cop crc cve czk ' +
    'djf dkk dop dzd egp etb eur fjd fkp gbp gel gip gmd gnf gtq gyd hkd hnl htg huf idr ils inr isk jmd jod jpy kes kgs khr kmf krw kwd kyd ' +
    'kzt lak lbp lkr lrd lsl mad mdl mga mkd mmk mnt mop mur mvr mwk mxn myr mzn nad ngn nio nok npr nzd omr pab pen pgk php pkr pln pyg qar ' +
    'ron rsd rub rwf sar sbd scr sek sgd shp sle sos srd std szl thb tjs tnd top try ttd twd tzs uah ugx uyu uzs vnd vuv wst xaf xcd xcg xof ' +
    'xpf yer zar zmw'
  ).split(' '),
)

/** In minor units; others depend on the rate of the day. @see https://docs.stripe.com/currencies#minimum-and-maximum-charge-amounts */
const leastCharges: Readonly<Record<string, number>> = {
  ...{ usd: 50, aed: 200, aud: 50, bgn: 100, brl: 50, cad: 50, chf: 50, czk: 1500, dkk: 250, eur: 50, gbp: 30, hkd: 400 },
  ...{ huf: 17_500, inr: 50, jpy: 50, mxn: 1000, myr: 200, nok: 300, nzd: 50, pln: 200, ron: 200, sek: 300, sgd: 50, thb: 1000 },
}

/** Amounts of three-decimal currencies end in 0. @see https://docs.stripe.com/currencies#three-decimal */
const threeDecimals: ReadonlySet<string> = new Set(['bhd', 'jod', 'kwd', 'omr', 'tnd'])

/** @throws StripeError 400 */
export function checkCurrency(currency: string, param = 'currency'): void {
  if (!currencies.has(currency.toLowerCase()))
    throw invalidRequest(
      `Invalid currency: ${currency}. Stripe currently supports these currencies: ${[...currencies].join(', ')}`,
      param,
    )
}

/** What is due at once: nothing, or no less than Stripe charges. @throws StripeError 400 */
export function checkCharge(currency: string, total: number): void {
  const least = leastCharges[currency] ?? 1
  if (total > 0 && total < least)
    throw invalidRequest(
      `The Checkout Session's total amount due must add up to at least ${least} ${currency}`,
      undefined,
      'amount_too_small',
    )
  if (threeDecimals.has(currency) && total % 10 !== 0)
    throw invalidRequest(`Invalid amount: ${currency} amounts must be divisible by 10.`, undefined, 'invalid_charge_amount')
}

/** Lengths of the parameters of one route that are shorter than others. */
const lengths: Readonly<Record<string, Readonly<Record<string, number>>>> = {
  'POST /v1/coupons': { name: 40 },
  'POST /v1/coupons/{id}': { name: 40 },
  'POST /v1/promotion_codes': { code: 500 },
  'POST /v1/prices': { lookup_key: 200 },
  'POST /v1/prices/{id}': { lookup_key: 200 },
  'POST /v1/customers': { name: 256, email: 512, phone: 20 },
  'POST /v1/customers/{id}': { name: 256, email: 512, phone: 20 },
  'POST /v1/products': { statement_descriptor: 22, unit_label: 12 },
  'POST /v1/products/{id}': { statement_descriptor: 22, unit_label: 12 },
  'POST /v1/checkout/sessions': { client_reference_id: 200, customer_email: 800 },
}
const LONGEST = 5000
const LONGEST_DESCRIPTION = 40_000

/** No text is longer than Stripe stores; metadata has limits of its own. @throws StripeError 400 */
export function checkLengths(route: string, params: JsonObject, path = ''): void {
  for (const [name, value] of Object.entries(params)) {
    const at = path === '' ? name : `${path}[${name}]`
    if (name === 'metadata') continue
    if (typeof value === 'string') {
      const most = lengths[route]?.[at] ?? (name === 'description' ? LONGEST_DESCRIPTION : LONGEST)
      if (lengthOf(value) > most)
        throw invalidParameter(
          `Invalid string: ${value.slice(0, 10)}...${value.slice(-10)}; must be at most ${most} characters`,
          at,
        )
    } else if (isObject(value)) checkLengths(route, value, at)
  }
}

function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null
}

/** Characters as people count them: an emoji of two UTF-16 units is one. */
export function lengthOf(text: string): number {
  return [...text].length
}

/** Most lines of a session. @throws StripeError 400 */
export function checkLineCount(count: number, mode: string): void {
  const most = mode === 'subscription' ? 40 : 100
  if (count > most) throw invalidRequest(`You may only specify up to ${most} line items.`, 'line_items')
}
