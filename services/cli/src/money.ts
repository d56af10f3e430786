/**
 * Currencies whose minor unit is not a hundredth, as Stripe counts them. ISK and UGX have no minor unit and are counted in hundredths all the same.
 *
 * @see https://docs.stripe.com/currencies
 */
const DECIMALS: Readonly<Record<string, number>> = {
  ...Object.fromEntries(
    'bif clp djf gnf jpy kmf krw mga pyg rwf vnd vuv xaf xof xpf'.split(' ').map((currency) => [currency, 0] as const),
  ),
  ...Object.fromEntries('bhd jod kwd omr tnd'.split(' ').map((currency) => [currency, 3] as const)),
}

/** An amount as people write it: 19900, `usd` is `199.00 USD`. Text and not a division, so that no amount is too large. */
export function money(amountMinor: number, currency: string): string {
  const decimals = DECIMALS[currency.toLowerCase()] ?? 2
  const digits = String(Math.abs(amountMinor)).padStart(decimals + 1, '0')
  const whole = digits.slice(0, digits.length - decimals)
  const fraction = decimals === 0 ? '' : `.${digits.slice(-decimals)}`
  return `${amountMinor < 0 ? '-' : ''}${whole}${fraction} ${currency.toUpperCase()}`
}
