import { type Problem, problem } from './problem.ts'

// What Stripe charges in, and how little of it.

/** @see https://docs.stripe.com/currencies#presentment-currencies */
const CURRENCIES: ReadonlySet<string> = new Set(
  (
    'usd aed afn all amd ang aoa ars aud awg azn bam bbd bdt bgn bhd bif bmd bnd bob brl bsd bwp byn bzd cad cdf chf clp cny cop crc cve czk ' +
    'djf dkk dop dzd egp etb eur fjd fkp gbp gel gip gmd gnf gtq gyd hkd hnl htg huf idr ils inr isk jmd jod jpy kes kgs khr kmf krw kwd kyd ' +
    'kzt lak lbp lkr lrd lsl mad mdl mga mkd mmk mnt mop mur mvr mwk mxn myr mzn nad ngn nio nok npr nzd omr pab pen pgk php pkr pln pyg qar ' +
    'ron rsd rub rwf sar sbd scr sek sgd shp sle sos srd std szl thb tjs tnd top try ttd twd tzs uah ugx uyu uzs vnd vuv wst xaf xcd xcg xof ' +
    'xpf yer zar zmw'
  ).split(' '),
)

/**
 * Least charge in minor units; of other currencies Stripe converts the amount first, so no number can be told.
 *
 * @see https://docs.stripe.com/currencies#minimum-and-maximum-charge-amounts
 */
const LEAST: Readonly<Record<string, number>> = {
  usd: 50,
  aed: 200,
  aud: 50,
  bgn: 100,
  brl: 50,
  cad: 50,
  chf: 50,
  czk: 1500,
  dkk: 250,
  eur: 50,
  gbp: 30,
  hkd: 400,
  huf: 17_500,
  inr: 50,
  jpy: 50,
  mxn: 1000,
  myr: 200,
  nok: 300,
  nzd: 50,
  pln: 200,
  ron: 200,
  sek: 300,
  sgd: 50,
  thb: 1000,
}

/**
 * Steps of amounts: three-decimal currencies are charged without their last decimal; two that lost their decimals are still written with them.
 *
 * @see https://docs.stripe.com/currencies#special-cases
 */
const STEP: Readonly<Record<string, number>> = { bhd: 10, jod: 10, kwd: 10, omr: 10, tnd: 10, isk: 100, ugx: 100 }

export function isCurrency(code: string): boolean {
  return CURRENCIES.has(code)
}

/** Least amount above 0 that Stripe charges; 1 where it tells none. */
export function leastCharge(currency: string): number {
  return LEAST[currency] ?? 1
}

/** Why Stripe would not charge this total. Nothing to pay is fine. */
export function chargeProblems(currency: string, amountMinor: number, ...path: (string | number)[]): Problem[] {
  if (amountMinor > 0 && amountMinor < leastCharge(currency))
    return [problem(`must be 0 or at least ${leastCharge(currency)}, the least that Stripe charges in ${currency}`, ...path)]
  return stepProblems(currency, amountMinor, ...path)
}

/** Decimals that the currency has not. */
export function stepProblems(currency: string, amountMinor: number, ...path: (string | number)[]): Problem[] {
  const step = STEP[currency] ?? 1
  return amountMinor % step === 0 ? [] : [problem(`must be a multiple of ${step} in ${currency}`, ...path)]
}
