import { mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Log } from '@licenseoperator/domain'
import { generateSigningKey, loadSigningKey, signLicense } from '@licenseoperator/signing'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { type OperatorLicenseOptions, openOperatorLicense, type WatchedOperatorLicense } from './open-operator-license.ts'
import { assertOperatorLicense } from './operator-license.ts'

const pems = await generateSigningKey({ modulusLength: 2048 })
const EXPIRES = '2027-01-01T00:00:00Z'
let folder: string
let clock = new Date('2026-06-01T00:00:00Z')
const opened: WatchedOperatorLicense[] = []
const said: [string, Record<string, unknown> | undefined][] = []
const note = (message: string, fields?: Record<string, unknown>) => void said.push([message, fields])
const log: Log = { debug: note, info: note, warn: note, error: note }

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'operator-license-'))
})
afterEach(() => {
  for (const one of opened.splice(0)) one.close()
  said.length = 0
  clock = new Date('2026-06-01T00:00:00Z')
})
afterAll(() => rmSync(folder, { recursive: true }))

async function aLicense(fields: { seats?: number; domain?: string } = {}, signer = pems): Promise<string> {
  const payload = {
    v: 1 as const,
    licenseId: 'L-01JZX3F9T5M2Q8V7K4N6R0B1CD',
    group: 'vendor',
    email: 'ops@vendor.test',
    productKey: 'licenseoperator',
    plan: 'pro',
    licenseType: 'subscription' as const,
    issuedAt: '2026-01-01T00:00:00Z',
    expiresAt: EXPIRES,
    priceLocked: false,
    ...fields,
  }
  return (await signLicense(payload, loadSigningKey(signer))).text
}
function aFile(text: string): string {
  const path = join(folder, `${crypto.randomUUID()}.lic`)
  writeFileSync(path, text)
  return path
}
async function open(options: Partial<OperatorLicenseOptions>): Promise<WatchedOperatorLicense> {
  const license = await openOperatorLicense({
    filePath: undefined,
    publicKeyPem: pems.publicKeyPem,
    expectedDomain: undefined,
    graceDays: 0,
    refreshIntervalMs: 3_600_000,
    log,
    now: () => clock,
    watchEveryMs: 20,
    ...options,
  })
  opened.push(license)
  return license
}

test('off without a file: nothing is guarded, seats are unlimited', async () => {
  const license = await open({})
  expect([license.state(), license.seatLimit()]).toEqual(['off', undefined])
  expect(() => assertOperatorLicense(license)).not.toThrow()
})

test('valid with its seats; without seats unlimited', async () => {
  const license = await open({ filePath: aFile(await aLicense({ seats: 3 })) })
  expect([license.state(), license.seatLimit()]).toEqual(['valid', 3])
  const unlimited = await open({ filePath: aFile(await aLicense()) })
  expect(unlimited.seatLimit()).toBeUndefined()
})

test('it expires at its time without being read again, and grace ends to the millisecond', async () => {
  const license = await open({ filePath: aFile(await aLicense({ seats: 3 })), graceDays: 30 })
  const at = (instant: string) => {
    clock = new Date(instant)
    return [license.state(), license.seatLimit()]
  }
  expect(at('2026-12-31T23:59:59.999Z')).toEqual(['valid', 3])
  expect(at('2027-01-01T00:00:00Z')).toEqual(['grace', 3])
  expect(at('2027-01-30T23:59:59.999Z')).toEqual(['grace', 3])
  expect(at('2027-01-31T00:00:00Z')).toEqual(['invalid', undefined])
  expect(() => assertOperatorLicense(license)).toThrow('operator license is not valid')
  expect(said.map(([, fields]) => fields?.state)).toEqual([undefined, 'grace', 'invalid'])
})

test('without grace days it is invalid as soon as it expires', async () => {
  const license = await open({ filePath: aFile(await aLicense()) })
  clock = new Date(EXPIRES)
  expect(license.state()).toBe('invalid')
})

test.each([
  ['.Example.com', 'example.com', 'valid'],
  ['example.com', '.EXAMPLE.com', 'valid'],
  ['other.com', '.example.com', 'invalid'],
  [undefined, '.example.com', 'invalid'],
])('a license for %s where %s is expected: %s', async (domain, expectedDomain, state) => {
  const license = await open({ filePath: aFile(await aLicense(domain === undefined ? {} : { domain })), expectedDomain })
  expect(license.state()).toBe(state)
})

test('invalid: signed by somebody else, changed, or no license at all', async () => {
  const other = await generateSigningKey({ modulusLength: 2048 })
  const text = await aLicense()
  for (const wrong of [await aLicense({}, other), text.replace(/[A-Za-z](?=[A-Za-z0-9+/]{10}\n)/, '0'), '', '{}'])
    expect((await open({ filePath: aFile(wrong) })).state()).toBe('invalid')
})

test('error: no file, no key, or a key that is none; never a word of the license in the log', async () => {
  const filePath = aFile(await aLicense())
  const states = [
    await open({ filePath: join(folder, 'nowhere.lic') }),
    await open({ filePath, publicKeyPem: undefined }),
    await open({ filePath, publicKeyPem: 'no key' }),
  ].map((license) => license.state())
  expect(states).toEqual(['error', 'error', 'error'])
  expect(JSON.stringify(said)).not.toMatch(/BEGIN|vendor\.test/)
})

test('error, and not an exception out of a timer, when the expected domain is only a dot', async () => {
  const filePath = join(folder, 'late.lic')
  const license = await open({ filePath, expectedDomain: '.' })
  writeFileSync(filePath, await aLicense({ domain: 'example.com' }))
  await license.refresh()
  expect(license.state()).toBe('error')
  expect(() => assertOperatorLicense(license)).toThrow('operator license is not valid')
})

test('the log hears of a state once, however often it is read and asked for', async () => {
  const license = await open({ filePath: aFile(await aLicense({ seats: 3 })) })
  for (let count = 0; count < 3; count += 1) {
    await license.refresh()
    license.state()
  }
  expect(said).toHaveLength(1)
})

test('a replaced file is noticed by itself, and read again on demand', async () => {
  const filePath = aFile('not yet')
  const license = await open({ filePath })
  expect(license.state()).toBe('invalid')
  const next = aFile(await aLicense({ seats: 9 }))
  // Swapped in one step, as a mounted configuration is.
  renameSync(next, filePath)
  for (let tries = 0; license.state() !== 'valid' && tries < 500; tries += 1) await sleep(20)
  expect([license.state(), license.seatLimit()]).toEqual(['valid', 9])
  rmSync(filePath)
  await license.refresh()
  expect(license.state()).toBe('error')
})
