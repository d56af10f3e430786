import { expect, test } from 'vitest'
import { combinations, describeEveryOrder } from '../../testing/every-order.ts'
import { kinds } from '../../testing/kinds.ts'

test('there are at least 300 combinations of purchase, fate and order', () =>
  expect(combinations(kinds).length * 3).toBeGreaterThanOrEqual(300))

describeEveryOrder(kinds.filter((kind) => kind.paid !== 'periods'))
