import { expect, test } from 'vitest'
import { dataErrorFacts } from './index.ts'

const mysqlError = (errno: number, message: string) => Object.assign(new Error(message), { errno })

test.each([
  [1406, "Data too long for column 'customer_name' at row 1", ' (errno 1406, column customer_name)'],
  [
    1366,
    "Incorrect string value: '\\xC3\\xA4' for column 'stripe_customer_id' at row 1",
    ' (errno 1366, column stripe_customer_id)',
  ],
  [1264, "Out of range value for column 'seats' at row 1", ' (errno 1264, column seats)'],
  [1048, "Column 'email' cannot be null", ' (errno 1048, column email)'],
  [
    3140,
    'Invalid JSON text: "The surrogate pair in string is invalid." at position 12 in value for column \'payments.billing_address\'.',
    ' (errno 3140, column billing_address)',
  ],
  // The value comes before the column and may look like one.
  [1366, "Incorrect string value: 'for column 'x' at row 1' for column 'plan' at row 1", ' (errno 1366, column plan)'],
  [1064, "You have an error in your SQL syntax near 'SELECT secret'", ' (errno 1064)'],
])('of errno %i people read number and column, never the value', (errno, message, facts) => {
  expect(dataErrorFacts(mysqlError(errno, message))).toBe(facts)
})

test('what is no error of MySQL has no facts', () => {
  expect(dataErrorFacts(new TypeError('x is not a function'))).toBe('')
  expect(dataErrorFacts('thrown')).toBe('')
})
