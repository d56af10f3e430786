import { expect, test } from 'vitest'
import { parseDsn } from './dsn.ts'

const base = { host: 'db', port: 3306, socketPath: undefined, user: 'app', password: 'pw', database: 'lo', tls: false }

test.each([
  ['app:pw@tcp(db:3306)/lo?parseTime=true', base],
  ['app:pw@tcp(db)/lo', base],
  ['app:pw@tcp(db:3307)/lo', { ...base, port: 3307 }],
  ['app@tcp(db:3306)/lo', { ...base, password: '' }],
  ['app:@tcp(db:3306)/lo', { ...base, password: '' }],
  ['app:p@ss:w/rd?x@tcp(db:3306)/lo', { ...base, password: 'p@ss:w/rd?x' }],
  ['app:a@tcp(evil:1)/x@tcp(db:3306)/lo', { ...base, password: 'a@tcp(evil:1)/x' }],
  ['app:100%zz@tcp(db:3306)/lo', { ...base, password: '100%zz' }],
  ['app:pw@tcp([::1]:3306)/lo', { ...base, host: '::1' }],
  ['app:pw@unix(/run/mysqld.sock)/lo', { ...base, host: 'localhost', socketPath: '/run/mysqld.sock' }],
  ['app:pw@tcp(db:3306)/lo?tls=true', { ...base, tls: true }],
  ['app:pw@tcp(db:3306)/lo?parseTime=true&tls=skip-verify', { ...base, tls: true }],
  ['app:pw@tcp(db:3306)/lo?tls=FALSE', base],
  ['mysql://app:pw@db/lo', base],
  ['mysql://app:pw@db:3307/lo?x=y', { ...base, port: 3307 }],
  ['mysql://app:p%40ss%2Fw%3Ard@db/lo', { ...base, password: 'p@ss/w:rd' }],
  ['mysql://app:pw@[::1]:3306/lo', { ...base, host: '::1' }],
  ['mysql://app:pw@db/lo?ssl-mode=VERIFY_IDENTITY', { ...base, tls: true }],
  ['mysql://app:pw@db/lo?ssl-mode=DISABLED', base],
])('%s is understood', (text, account) => {
  expect(parseDsn(text)).toEqual(account)
})

test.each([
  '',
  'app:pw',
  'app:pw@db/lo',
  '@tcp(db:3306)/lo',
  ':pw@tcp(db:3306)/lo',
  'app:pw@tcp(db:3306)',
  'app:pw@tcp(db:3306)/',
  'app:pw@tcp(db:70000)/lo',
  'app:pw@tcp(db:0)/lo',
  'app:pw@tcp()/lo',
  'app:pw@tcp(db:3306/lo',
  'app:pw@udp(db:3306)/lo',
  'mysql://db/lo',
  'mysql://app:pw@/lo',
  'mysql://app:pw@db',
  'mysql://app:pw@db/lo/x',
  'mysql://app:p%zz@db/lo',
  'mysql://app:pw@db:70000/lo',
  'postgres://app:pw@db/lo',
])('%j is refused', (text) => {
  expect(parseDsn(text)).toBeUndefined()
})
