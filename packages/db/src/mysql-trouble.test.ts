import { DomainError } from '@licenseoperator/domain'
import { expect, test } from 'vitest'
import { explainMysql } from './mysql-trouble.ts'

const place = { host: 'db.example', port: 3306, user: 'shop', database: 'licenses' }
const thrown = (facts: object) => Object.assign(new Error('INSERT INTO secret VALUES (4242)'), facts)
const explained = (facts: object) => explainMysql(thrown(facts), place)?.sentence

test.each([
  [{ code: 'ER_ACCESS_DENIED_ERROR' }, 'refuses user shop: the user or the password is wrong'],
  [{ code: 'ER_DBACCESS_DENIED_ERROR' }, 'does not let user shop use database licenses'],
  [{ code: 'ER_BAD_DB_ERROR' }, 'has no database licenses: create it, then run licenseoperator db migrate'],
  [{ code: 'POOL_TIMEOUT' }, 'does not answer in time, or all connections are in use'],
  [{ code: 'ECONNREFUSED', fatal: true }, 'cannot be reached: nothing listens there'],
  [{ code: 'ER_OF_THE_FUTURE' }, 'refuses a statement'],
  [{ code: 'whatever', sqlState: '42000' }, 'refuses a statement'],
])('%j: what, where and why, without SQL and values', (facts, says) => {
  expect(explained(facts)).toBe(`MySQL at db.example:3306 ${says} (${facts.code})`)
})

test("a network's code is of MySQL's network only where nothing else can have failed", () => {
  const refused = thrown({ code: 'ECONNREFUSED' })
  expect(explainMysql(refused, place)).toBeUndefined()
  expect(explainMysql(refused, place, true)?.code).toBe('ECONNREFUSED')
})

test('the error behind one of ours is found', () => {
  const cause = thrown({ code: 'POOL_TIMEOUT' })
  expect(explainMysql(new DomainError('temporarily_unavailable', 'x', { cause }), place)?.code).toBe('POOL_TIMEOUT')
})

test.each([
  ['a socket', { ...place, socketPath: '/run/mysqld.sock' }, '/run/mysqld.sock'],
  ['a host', place, 'db.example:3306'],
  ['nobody said where', undefined, 'an unknown address'],
])('its address: %s', (_what, where, address) => {
  expect(explainMysql(thrown({ code: 'POOL_TIMEOUT' }), where)?.address).toBe(address)
})

test.each([new TypeError('x'), 'x', undefined, Object.assign(new Error('x'), { code: 'ENOENT' })])(
  '%s is not of MySQL',
  (error) => {
    expect(explainMysql(error, place)).toBeUndefined()
  },
)
