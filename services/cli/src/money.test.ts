import { expect, test } from 'vitest'
import { money } from './money.ts'

test.each([
  [19_900, 'usd', '199.00 USD'],
  [5, 'eur', '0.05 EUR'],
  [0, 'usd', '0.00 USD'],
  [-150, 'usd', '-1.50 USD'],
  [500, 'jpy', '500 JPY'],
  [1234, 'kwd', '1.234 KWD'],
  [500, 'ugx', '5.00 UGX'],
])('%i %s is %s', (amount, currency, shown) => expect(money(amount, currency)).toBe(shown))
