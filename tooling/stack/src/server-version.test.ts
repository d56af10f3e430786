import { describe, expect, test } from 'vitest'
import { isUsableMysqld, isUsableNats, versionIn } from './server-version.ts'

describe('versionIn', () => {
  test.each([
    ['/usr/sbin/mysqld  Ver 8.0.36-0ubuntu0.22.04.1 for Linux on x86_64 ((Ubuntu))', [8, 0, 36]],
    ['/usr/local/mysql-5.7/bin/mysqld  Ver 9.7.4-2 for Linux on x86_64', [9, 7, 4]],
    ['nats-server: v2.15.1', [2, 15, 1]],
    ['nats-server: v2.12.0-RC.3', [2, 12, 0]],
  ])('reads %s', (answer, version) => {
    expect(versionIn(answer)).toEqual(version)
  })

  test('finds nothing in an answer without a version', () => {
    expect(versionIn('mysqld: unknown option 1.2.3')).toBeUndefined()
  })
})

test.each([
  ['mysqld  Ver 8.0.19 for Linux', true],
  ['mysqld  Ver 8.0.18 for Linux', false],
  ['mysqld  Ver 5.7.44 for Linux', false],
  ['mysqld  Ver 8.4.2 for macos14', true],
  ['mysqld  Ver 10.11.6-MariaDB-0+deb12u1 for debian-linux-gnu', false],
  ['', false],
])('mysqld that answers "%s": usable %s', (answer, usable) => {
  expect(isUsableMysqld(answer)).toBe(usable)
})

test.each([
  ['nats-server: v2.10.0', true],
  ['nats-server: v2.9.25', false],
  ['nats-server: v3.0.0', true],
  ['', false],
])('nats-server that answers "%s": usable %s', (answer, usable) => {
  expect(isUsableNats(answer)).toBe(usable)
})
