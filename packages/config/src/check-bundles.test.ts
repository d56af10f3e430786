import { expect, test } from 'vitest'
import { aFileWith, problemsOf } from './testing/a-config.ts'

const part = { slug: 'core', name: 'Core', plan: 'core', product_key: 'core', unit_amount: 19_900 }
const bundleOf = (component: object, more: object = {}) => ({
  ...part,
  slug: 'set',
  product_key: 'agent',
  bundled_products: [component],
  ...more,
})
const problems = (...products: unknown[]) =>
  problemsOf(aFileWith('stripe.products', products), { require: ['stripe'] }).map(({ path }) =>
    path.replace('stripe.products', ''),
  )

test('a bundle may stand before its parts', () => {
  expect(problems(bundleOf({ product_key: 'core' }), part)).toEqual([])
})

test.each<[string, object[], string]>([
  ['an unknown part', [bundleOf({ product_key: 'nobody' }), part], '[0].bundled_products[0].product_key'],
  [
    'a part that is not sold',
    [bundleOf({ product_key: 'core' }), { ...part, active: false }],
    '[0].bundled_products[0].product_key',
  ],
  [
    'a bundle of a bundle',
    [bundleOf({ product_key: 'agent' }, { slug: 'sets', product_key: 'core' }), part, bundleOf({ product_key: 'core' })],
    '[0].bundled_products[0].product_key',
  ],
  [
    'a tiered part without seats',
    [bundleOf({ product_key: 'core' }), { ...part, pricing_mode: 'tiered' }],
    '[0].bundled_products[0].managed_products',
  ],
])('%s is refused, as the sync would', (_what, products, path) => {
  expect(problems(...products)).toEqual([path])
})

test('what is not on sale may be a bundle of what is not known yet', () => {
  expect(problems(bundleOf({ product_key: 'nobody' }, { active: false }))).toEqual([])
})
