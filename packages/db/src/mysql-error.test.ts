import { DomainError } from '@licenseoperator/domain'
import { expect, test } from 'vitest'
import { isCodeTaken } from './coupons.ts'
import {
  dataErrorFacts,
  duplicateKeyOf,
  isAway,
  isConflict,
  isDeadline,
  isDuplicateEntry,
  spoilsConnection,
  translateMysqlError,
} from './mysql-error.ts'
import { takenName } from './products.ts'

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

const errnoOf = (errno: number, more: object = {}) => Object.assign(new Error('SELECT secret'), { errno, ...more })
const codeOf = (code: string) => Object.assign(new Error('SELECT secret'), { code })
const judged = (error: unknown) => ({ away: isAway(error), conflict: isConflict(error), spoilt: spoilsConnection(error) })

test.each([
  ['deadlock', errnoOf(1213), { away: false, conflict: true, spoilt: false }],
  ['lock wait', errnoOf(1205), { away: false, conflict: true, spoilt: false }],
  ['too many connections', errnoOf(1040), { away: true, conflict: false, spoilt: false }],
  ['shutdown', errnoOf(1053), { away: true, conflict: false, spoilt: false }],
  ['read-only: a primary that was demoted', errnoOf(1290), { away: true, conflict: false, spoilt: true }],
  ['read-only transaction', errnoOf(1792), { away: true, conflict: false, spoilt: true }],
  ['read-only mode', errnoOf(1836), { away: true, conflict: false, spoilt: true }],
  ['a connection that the driver gave up', errnoOf(1, { fatal: true }), { away: true, conflict: false, spoilt: true }],
  ['a lost connection', codeOf('ECONNRESET'), { away: true, conflict: false, spoilt: true }],
  ['no connection to be had', codeOf('POOL_QUEUE_FULL'), { away: true, conflict: false, spoilt: true }],
  ['a row that is there already', errnoOf(1062), { away: false, conflict: false, spoilt: false }],
  ['a value that does not fit', errnoOf(1406), { away: false, conflict: false, spoilt: false }],
  ['a bug', new TypeError('x'), { away: false, conflict: false, spoilt: false }],
  ['nothing', undefined, { away: false, conflict: false, spoilt: false }],
])('%s', (_what, error, expected) => {
  expect(judged(error)).toEqual(expected)
  const translated = translateMysqlError(error)
  if (expected.away || expected.conflict)
    expect(translated).toMatchObject({ code: 'temporarily_unavailable', message: 'temporarily unavailable', cause: error })
  else expect(translated).toBe(error)
})

test('a deadline is known as the driver threw it and as it was translated', () => {
  const held = codeOf('CONNECTION_HELD_TOO_LONG')
  expect([isDeadline(held), isDeadline(translateMysqlError(held))]).toEqual([true, true])
  expect([isDeadline(codeOf('ECONNRESET')), isDeadline(new DomainError('forbidden', 'forbidden'))]).toEqual([false, false])
})

const duplicate = (key: string, value = 'core') => errnoOf(1062, { message: `Duplicate entry '${value}' for key '${key}'` })

test.each([
  ['products.products_by_slug', 'slug', false],
  ['products_by_slug', 'slug', false],
  ['products.products_by_active_lookup_key', 'lookupKey', false],
  ['coupons.coupons_by_product_and_live_code', undefined, true],
  ['products.PRIMARY', undefined, false],
])('the key %s says which name is taken', (key, name, isCode) => {
  expect([takenName(duplicate(key)), isCodeTaken(duplicate(key))]).toEqual([name, isCode])
})

test('a value that looks like a key is not read as one', () => {
  expect(duplicateKeyOf(duplicate('products.PRIMARY', "x' for key 'products_by_slug"))).toBe('PRIMARY')
})

test('only a duplicate entry has a key that is taken', () => {
  const other = errnoOf(1406, { message: "Duplicate entry 'core' for key 'products.products_by_slug'" })
  expect([isDuplicateEntry(other), duplicateKeyOf(other), takenName(other)]).toEqual([false, undefined, undefined])
})
