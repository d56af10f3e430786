import { expect, test } from 'vitest'
import { aFileWith, problemsOf } from './testing/a-config.ts'

const core = { slug: 'core', name: 'Core', plan: 'core', product_key: 'core', unit_amount: 19_900 }
const problems = (...products: unknown[]) =>
  problemsOf(aFileWith('stripe.products', products)).map(({ path }) => path.replace('stripe.products', ''))

test('lookup keys are compared as the stored catalog does: blank is the slug, outer white space goes, letter case counts', () => {
  const other = { ...core, slug: 'other' }
  expect(problems({ ...core, lookup_key: '  ' }, { ...other, lookup_key: 'core' })).toEqual(['[1].lookup_key'])
  expect(problems({ ...core, lookup_key: 'a' }, { ...other, lookup_key: ' a ' })).toEqual(['[1].lookup_key'])
  expect(problems({ ...core, lookup_key: 'Core' }, { ...other, lookup_key: 'core' })).toEqual([])
})
