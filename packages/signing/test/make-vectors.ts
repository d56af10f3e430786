// Makes the test vectors: `node packages/signing/test/make-vectors.ts FOLDER`. Every run makes new keys and forgets the private ones,
// and never overwrites: vectors of a release must verify in every later one. New cases go into new files.
import { constants, createHash, createPublicKey, type KeyObject, privateEncrypt, sign } from 'node:crypto'
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { formatEnvelope } from '../src/envelope.ts'
import { type LicensePayload, type SigningKey, signLicense } from '../src/index.ts'
import { aPayload, aSigningKey } from './builders.ts'
import type { Vector, VectorFile, VectorKey, VectorOptions } from './vectors.ts'

const folder = process.argv[2]
if (folder === undefined) throw new Error('usage: make-vectors.ts FOLDER')

const active = await aSigningKey()
const next = await aSigningKey()
const retired = await aSigningKey()
const stolen = await aSigningKey()
const addOn = await aSigningKey()
const removed = await aSigningKey()

const keys: VectorKey[] = [
  publicPart('active', active, 'active'),
  publicPart('next', next, 'pending'),
  publicPart('old', retired, 'retired'),
  publicPart('stolen', stolen, 'compromised'),
  { ...publicPart('add-on', addOn, 'active'), productKeys: ['addon'] },
]

const now: VectorOptions = { now: '2026-06-01T12:00:00Z' }
const at = (instant: string): VectorOptions => ({ now: instant })
const text = async (changes: Partial<LicensePayload> = {}, key: SigningKey = active) =>
  (await signLicense(aPayload(changes), key)).text
const license = await signLicense(aPayload(), active)
const raw = (payload: string | Uint8Array, key: SigningKey = active) =>
  envelopeOf(Buffer.from(payload), sign('sha256', Buffer.from(payload), key.privateKey), key.keyId)
const json = (changes: Record<string, unknown>) => raw(JSON.stringify({ ...aPayload(), ...changes }))
const without = (field: string) =>
  raw(JSON.stringify(Object.fromEntries(Object.entries(aPayload()).filter(([name]) => name !== field))))
const spelled = (from: string, to: string) => raw(JSON.stringify(aPayload()).replace(from, to))
const payload = Buffer.from(license.payloadB64, 'base64')
const signature = Buffer.from(license.signatureB64, 'base64')
const signed = (bytes: Uint8Array) => envelopeOf(payload, bytes, active.keyId)
const lines = license.text.split('\n')
const body = (inner: string) => armour(Buffer.from(inner, 'latin1').toString('base64'))
const { keyId, payloadB64, signatureB64 } = license

const valid: Vector[] = [
  ok('plain', license.text),
  ok(
    'perpetual',
    await text({ licenseType: 'perpetual', expiresAt: '9999-12-31T23:59:59Z', maintenanceExpiresAt: '2027-01-01T00:00:00Z' }),
    at('2099-06-01T00:00:00Z'),
  ),
  ok('one-off, price locked', await text({ licenseType: 'one_off', priceLocked: true })),
  ok('manual, no seats', json({ licenseType: 'manual', seats: undefined })),
  ok('trial, no domain', json({ licenseType: 'trial', domain: undefined })),
  ok('no seats at all (0)', await text({ seats: 0 })),
  ok('largest seat count', await text({ seats: Number.MAX_SAFE_INTEGER })),
  ok('text outside ASCII', await text({ group: 'Žluťoučký kůň 株式会社 🚀', email: 'žofie@příklad.test' })),
  ok('unknown fields are allowed', json({ region: 'eu', limits: { nodes: 3, ratio: 0.5, tags: ['a', null, true] } })),
  ok(
    'payload with white space, fields in another order',
    raw(JSON.stringify(Object.fromEntries(Object.entries(aPayload()).reverse()), null, 2)),
  ),
  ok('instants with milliseconds', await text({ issuedAt: '2026-01-01T00:00:00.001Z', expiresAt: '2027-01-01T00:00:00.999Z' })),
  ok('29 February', await text({ issuedAt: '2024-02-29T00:00:00Z' })),
  ok('CRLF line ends', license.text.replaceAll('\n', '\r\n')),
  ok('trailing blank lines', `${license.text}\n\n\n`),
  ok('CRLF and trailing blank lines', `${license.text}\n`.replaceAll('\n', '\r\n')),
  ok('signed by a pending key', await text({}, next)),
  ok('signed by a retired key', await text({}, retired)),
  ok('key restricted to its product', await text({ productKey: 'addon' }, addOn)),
  ok('expected product', license.text, { ...now, expectedProductKey: 'core' }),
  ok('one of the expected products', license.text, { ...now, expectedProductKey: ['addon', 'core'] }),
  ok('expected domain, other case, no leading dot', license.text, { ...now, expectedDomain: 'ACME.test' }),
  ok('at the instant of issue', license.text, at('2026-01-01T00:00:00Z')),
  ok('one millisecond before expiry', license.text, at('2026-12-31T23:59:59.999Z')),
  ok('clock after the one last seen', license.text, { ...now, lastSeenAt: '2026-06-01T12:00:00Z' }),
  {
    ...ok('at expiry, in grace', license.text, { now: '2027-01-01T00:00:00Z', graceDays: 14 }),
    expected: { status: 'valid', inGrace: true },
  },
  {
    ...ok('last millisecond of grace', license.text, { now: '2027-01-14T23:59:59.999Z', graceDays: 14 }),
    expected: { status: 'valid', inGrace: true },
  },
]

const rejected: Vector[] = [
  no('expired', 'at the instant of expiry', license.text, at('2027-01-01T00:00:00Z')),
  no('expired', 'expired by a millisecond', license.text, at('2027-01-01T00:00:00.001Z')),
  no('expired', 'grace is over', license.text, { now: '2027-01-15T00:00:00Z', graceDays: 14 }),
  {
    ...no('not_yet_valid', 'clock a millisecond before issue', license.text, at('2025-12-31T23:59:59.999Z')),
    expected: { status: 'not_yet_valid', reason: 'clock_before_issue' },
  },
  {
    ...no('not_yet_valid', 'clock before last seen', license.text, { ...now, lastSeenAt: '2026-06-01T12:00:00.001Z' }),
    expected: { status: 'not_yet_valid', reason: 'clock_before_last_seen' },
  },
  no('wrong_product', 'other product', license.text, { ...now, expectedProductKey: 'addon' }),
  no('wrong_product', 'product in other case', license.text, { ...now, expectedProductKey: ['Core', 'CORE'] }),
  no('wrong_product', 'no product is expected', license.text, { ...now, expectedProductKey: [] }),
  no('wrong_domain', 'other domain', license.text, { ...now, expectedDomain: 'evil.test' }),
  no('wrong_domain', 'subdomain', license.text, { ...now, expectedDomain: 'app.acme.test' }),
  no('wrong_domain', 'domain ends the same', license.text, { ...now, expectedDomain: 'notacme.test' }),
  no('wrong_domain', 'license bound to no domain', json({ domain: undefined }), { ...now, expectedDomain: 'acme.test' }),
  { ...no('unknown_key', 'removed key', await text({}, removed)), expected: { status: 'unknown_key', reason: 'not_in_ring' } },
  { ...no('unknown_key', 'compromised key', await text({}, stolen)), expected: { status: 'unknown_key', reason: 'compromised' } },
  {
    ...no('unknown_key', 'key of another product', await text({}, addOn)),
    expected: { status: 'unknown_key', reason: 'not_for_product' },
  },
  no('unknown_key', 'key id of zeros', envelopeOf(payload, signature, '0'.repeat(64))),

  no('bad_signature', 'empty signature', signed(Buffer.alloc(0))),
  no('bad_signature', 'all-zero signature', signed(Buffer.alloc(256))),
  no('bad_signature', 'signature of ones', signed(Buffer.alloc(256, 0xff))),
  no('bad_signature', 'signature one byte short', signed(signature.subarray(0, 255))),
  no('bad_signature', 'signature one byte long', signed(Buffer.concat([signature, Buffer.alloc(1)]))),
  no('bad_signature', 'signature with a leading zero byte', signed(Buffer.concat([Buffer.alloc(1), signature]))),
  no('bad_signature', 'signature of 4096 bits', signed(Buffer.concat([signature, signature]))),
  no('bad_signature', 'first bit flipped', signed(flip(signature, 0))),
  no('bad_signature', 'last bit flipped', signed(flip(signature, 2047))),
  no('bad_signature', 'one bit of the payload flipped', envelopeOf(flip(payload, 100), signature, active.keyId)),
  no(
    'bad_signature',
    'seats raised after signing',
    envelopeOf(Buffer.from(payload.toString().replace('"seats":25', '"seats":99')), signature, active.keyId),
  ),
  no(
    'bad_signature',
    'space added after signing',
    envelopeOf(Buffer.concat([payload, Buffer.from(' ')]), signature, active.keyId),
  ),
  no('bad_signature', 'empty payload under the signature of another', envelopeOf(Buffer.alloc(0), signature, active.keyId)),
  no(
    'bad_signature',
    'signature of another payload',
    signed(sign('sha256', Buffer.from(JSON.stringify(aPayload({ seats: 26 }))), active.privateKey)),
  ),
  no('bad_signature', 'same payload signed by another trusted key', signed(sign('sha256', payload, retired.privateKey))),
  no('bad_signature', 'signed by a stranger under a trusted key id', signed(sign('sha256', payload, removed.privateKey))),
  no('bad_signature', 'key id of another trusted key', envelopeOf(payload, signature, retired.keyId)),
  no(
    'bad_signature',
    'RSASSA-PSS',
    signed(sign('sha256', payload, { key: active.privateKey, padding: constants.RSA_PKCS1_PSS_PADDING })),
  ),
  no('bad_signature', 'SHA-1', signed(sign('sha1', payload, active.privateKey))),
  no('bad_signature', 'SHA-384', signed(sign('sha384', payload, active.privateKey))),
  no('bad_signature', 'SHA-512', signed(sign('sha512', payload, active.privateKey))),
  no('bad_signature', 'SHA-256 of the base64 of the payload', signed(sign('sha256', Buffer.from(payloadB64), active.privateKey))),
  no('bad_signature', 'padding cut short, garbage after the digest', signed(rawRsa(cutPadding(), active.privateKey))),
  no(
    'bad_signature',
    'digest info without NULL',
    signed(rawRsa(padded(digestInfo('302f300b0609608648016503040201', '0420')), active.privateKey)),
  ),
  no(
    'bad_signature',
    'digest info that names SHA-1 around a SHA-256 digest',
    signed(rawRsa(padded(digestInfo('302d300906052b0e03021a0500', '0420')), active.privateKey)),
  ),
  no('bad_signature', 'no digest info, only the digest', signed(rawRsa(padded(digest()), active.privateKey))),
  no(
    'bad_signature',
    'block type 2 padding',
    signed(rawRsa(padded(digestInfo('3031300d060960864801650304020105000420', ''), 2), active.privateKey)),
  ),
  no('bad_signature', 'signature plus modulus', await unreducedSignature()),

  no('malformed', 'empty text', ''),
  no('malformed', 'white space', ' \n'),
  no('malformed', 'JSON', JSON.stringify(license)),
  no('malformed', 'the text [object Object]', '[object Object]'),
  no('malformed', 'no newline at the end', license.text.slice(0, -1)),
  no('malformed', 'lower-case label', license.text.replaceAll('LICENSE', 'license')),
  no('malformed', 'other label', license.text.replaceAll('LICENSE', 'CERTIFICATE')),
  no('malformed', 'labels differ', license.text.replace('END LICENSE', 'END LICENCE')),
  no('malformed', 'text before the armour', `my license\n${license.text}`),
  no('malformed', 'blank line before the armour', `\n${license.text}`),
  no('malformed', 'byte order mark before the armour', `\ufeff${license.text}`),
  no('malformed', 'text after the armour', `${license.text}my license\n`),
  no('malformed', 'space after the armour', `${license.text} `),
  no('malformed', 'space on a trailing blank line', `${license.text} \n`),
  no('malformed', 'two licenses', license.text + license.text),
  no('malformed', 'armour in armour', armour(Buffer.from(license.text).toString('base64'))),
  no('malformed', 'PEM header', license.text.replace('\n', '\nAlg: none\n\n')),
  no('malformed', 'blank line inside', license.text.replace('\n', '\n\n')),
  no('malformed', 'space at the end of a line', license.text.replace('\n', ' \n')),
  no('malformed', 'indented', license.text.replaceAll('\n', '\n ')),
  no('malformed', 'CR line ends', license.text.replaceAll('\n', '\r')),
  no('malformed', 'CR CR LF line ends', license.text.replaceAll('\n', '\r\r\n')),
  no('malformed', '76-column lines', armour(lines.slice(1, -2).join(''), 76)),
  no('malformed', 'body on one line', armour(lines.slice(1, -2).join(''), 10_000)),
  no(
    'malformed',
    'one line broken in two',
    license.text.replace(lines[1] ?? '', `${lines[1]?.slice(0, 32)}\n${lines[1]?.slice(32)}`),
  ),
  no('malformed', 'body cut after a line', lines.toSpliced(-3, 1).join('\n')),
  no('malformed', 'empty body', armour('')),
  no('malformed', 'junk characters in the body', license.text.replace(lines[1] ?? '', `${lines[1]?.slice(0, 63)}!`)),
  no('malformed', 'fullwidth digit in the body', license.text.replace(lines[1] ?? '', `${lines[1]?.slice(0, 63)}\uff11`)),
  no(
    'malformed',
    'text after the padding of the body',
    body(`${keyId}\n${payloadB64}\n${signatureB64}\n`).replace('\n-----END', 'AAAA\n-----END'),
  ),
  no('malformed', 'no armour', lines.slice(1, -2).join('\n')),
  no('malformed', 'nothing but line feeds', '\n'.repeat(1000)),
  no('malformed', 'over 64 KiB of trailing blank lines', license.text + '\n'.repeat(65_536)),
  no('malformed', 'over 64 KiB, well signed', json({ note: 'x'.repeat(37_000) })),
  no('malformed', 'inner JSON', body(JSON.stringify({ keyId, payload: payloadB64, signature: signatureB64 }))),
  no('malformed', 'inner line naming an algorithm', body(`alg: none\n${keyId}\n${payloadB64}\n${signatureB64}\n`)),
  no('malformed', 'inner line after the signature', body(`${keyId}\n${payloadB64}\n${signatureB64}\nnone\n`)),
  no('malformed', 'no signature line', body(`${keyId}\n${payloadB64}\n`)),
  no('malformed', 'no last inner line feed', body(`${keyId}\n${payloadB64}\n${signatureB64}`)),
  no('malformed', 'inner CRLF', body(`${keyId}\r\n${payloadB64}\r\n${signatureB64}\r\n`)),
  no('malformed', 'upper-case key id', body(`${keyId.toUpperCase()}\n${payloadB64}\n${signatureB64}\n`)),
  no('malformed', 'short key id', body(`${keyId.slice(0, 40)}\n${payloadB64}\n${signatureB64}\n`)),
  no('malformed', 'empty key id', body(`\n${payloadB64}\n${signatureB64}\n`)),
  no('malformed', 'signature in the URL alphabet', body(`${keyId}\n${payloadB64}\n${urlSafe(signatureB64)}\n`)),
  no('malformed', 'signature without padding', body(`${keyId}\n${payloadB64}\n${signatureB64.replace(/=+$/, '')}\n`)),
  no('malformed', 'signature with too much padding', body(`${keyId}\n${payloadB64}\n${signatureB64}==\n`)),
  no('malformed', 'text after the padding of the signature', body(`${keyId}\n${payloadB64}\n${signatureB64}AAAA\n`)),
  no('malformed', 'space in the signature', body(`${keyId}\n${payloadB64}\n ${signatureB64}\n`)),
  no('malformed', 'tab in the payload', body(`${keyId}\n${payloadB64.slice(0, 8)}\t${payloadB64.slice(8)}\n${signatureB64}\n`)),
  ...lastCharacterSpellings().map((spelling) =>
    no('malformed', `last character of the signature spelled ${spelling.at(-3)}`, body(`${keyId}\n${payloadB64}\n${spelling}\n`)),
  ),

  // From here on the signature is good: only the payload is wrong.
  no('malformed', 'payload: empty', raw('')),
  no('malformed', 'payload: not JSON', raw('v=1')),
  no('malformed', 'payload: JSON array', raw(JSON.stringify([aPayload()]))),
  no('malformed', 'payload: null', raw('null')),
  no('malformed', 'payload: JSON text', raw(JSON.stringify('license'))),
  no('malformed', 'payload: number', raw('1')),
  no('malformed', 'payload: two documents', raw(JSON.stringify(aPayload()).repeat(2))),
  no('malformed', 'payload: trailing comma', spelled('false}', 'false,}')),
  no('malformed', 'payload: comment', spelled('{', '{/* */')),
  no('malformed', 'payload: byte order mark', raw(`\ufeff${JSON.stringify(aPayload())}`)),
  no('malformed', 'payload: UTF-16', raw(Buffer.from(JSON.stringify(aPayload()), 'utf16le'))),
  no('malformed', 'payload: invalid UTF-8', raw(Buffer.from(JSON.stringify(aPayload({ group: '\u00ff' })), 'latin1'))),
  no('malformed', 'payload: overlong UTF-8', raw(replaceBytes(aPayload({ group: '@@' }), '@@', [0xc1, 0x81]))),
  no(
    'malformed',
    'payload: surrogate encoded in UTF-8',
    raw(replaceBytes(aPayload({ group: '@@@' }), '@@@', [0xed, 0xa0, 0x80])),
  ),
  no('malformed', 'payload: half a surrogate pair', spelled('"acme"', '"\\ud83d"')),
  no('malformed', 'payload: half a surrogate pair in an unknown field', spelled('{', '{"note":["\\udc00"],')),
  no('malformed', 'payload: seats twice', spelled('"seats":25', '"seats":25,"seats":9999')),
  no('malformed', 'payload: seats twice, once escaped', spelled('"seats":25', '"seats":25,"\\u0073eats":9999')),
  no('malformed', 'payload: key twice in a nested object', spelled('{', '{"limits":[{"a":1,"a":2}],')),
  no('malformed', 'payload: __proto__', spelled('{', '{"__proto__":{"seats":9999},')),
  no('malformed', 'payload: escaped __proto__, nested', spelled('{', '{"limits":{"\\u005f_proto__":1},')),
  no('malformed', 'payload: nested 20 deep', spelled('{', `{"deep":${'['.repeat(20)}${']'.repeat(20)},`)),
  no('malformed', 'payload: nested 10000 deep', spelled('{', `{"deep":${'['.repeat(10_000)}${']'.repeat(10_000)},`)),
  ...['v', 'licenseId', 'group', 'email', 'productKey', 'plan', 'licenseType', 'issuedAt', 'expiresAt', 'priceLocked'].map(
    (field) => no('malformed', `payload: no ${field}`, without(field)),
  ),
  no('malformed', 'payload: version 2', json({ v: 2 })),
  no('malformed', 'payload: version as text', json({ v: '1' })),
  no('malformed', 'payload: version 1.0', spelled('"v":1', '"v":1.0')),
  no('malformed', 'payload: empty license id', json({ licenseId: '' })),
  no('malformed', 'payload: license id is a number', json({ licenseId: 1 })),
  no('malformed', 'payload: blank group', json({ group: ' \u00a0' })),
  no('malformed', 'payload: line feed in the e-mail', json({ email: 'a@b.test\nBcc: c@d.test' })),
  no('malformed', 'payload: NUL in the product key', json({ productKey: 'core\u0000' })),
  no('malformed', 'payload: product key is a list', json({ productKey: ['core'] })),
  no('malformed', 'payload: plan is null', json({ plan: null })),
  no('malformed', 'payload: domain is a dot', json({ domain: '.' })),
  no('malformed', 'payload: domain is null', json({ domain: null })),
  no('malformed', 'payload: seats as text', json({ seats: '25' })),
  no('malformed', 'payload: seats negative', json({ seats: -1 })),
  no('malformed', 'payload: seats minus zero', spelled('"seats":25', '"seats":-0')),
  no('malformed', 'payload: seats fractional', json({ seats: 2.5 })),
  no('malformed', 'payload: seats 25.0', spelled('"seats":25', '"seats":25.0')),
  no('malformed', 'payload: seats 1e3', spelled('"seats":25', '"seats":1e3')),
  no('malformed', 'payload: seats 1e400', spelled('"seats":25', '"seats":1e400')),
  no('malformed', 'payload: seats 2^53 + 1', spelled('"seats":25', '"seats":9007199254740993')),
  no('malformed', 'payload: seats null', json({ seats: null })),
  no('malformed', 'payload: license type unknown', json({ licenseType: 'lifetime' })),
  no('malformed', 'payload: license type in upper case', json({ licenseType: 'TRIAL' })),
  no('malformed', 'payload: price lock as text', json({ priceLocked: 'false' })),
  no('malformed', 'payload: expiry is a number', json({ expiresAt: 1_798_761_600 })),
  no('malformed', 'payload: expiry without zone', json({ expiresAt: '2027-01-01T00:00:00' })),
  no('malformed', 'payload: expiry with an offset', json({ expiresAt: '2027-01-01T00:00:00+00:00' })),
  no('malformed', 'payload: expiry is a date', json({ expiresAt: '2027-01-01' })),
  no('malformed', 'payload: expiry on 30 February', json({ expiresAt: '2027-02-30T00:00:00Z' })),
  no('malformed', 'payload: expiry at 24:00', json({ expiresAt: '2027-01-01T24:00:00Z' })),
  no('malformed', 'payload: expiry in a leap second', json({ expiresAt: '2026-12-31T23:59:60Z' })),
  no('malformed', 'payload: expiry in the year 20000', json({ expiresAt: '+020000-01-01T00:00:00Z' })),
  no('malformed', 'payload: expiry with a line feed', json({ expiresAt: '2027-01-01T00:00:00Z\n' })),
  no('malformed', 'payload: expiry in microseconds', json({ expiresAt: '2027-01-01T00:00:00.000001Z' })),
  no('malformed', 'payload: expiry before issue', json({ expiresAt: '2025-01-01T00:00:00Z' })),
  no('malformed', 'payload: expiry at issue', json({ expiresAt: '2026-01-01T00:00:00Z' })),
  no('malformed', 'payload: end of maintenance is text', json({ maintenanceExpiresAt: 'never' })),
]

assertHandMadeSignature()
mkdirSync(folder, { recursive: true })
write('v1-keys.json', 'The public keys that the other files are verified with. The private keys are gone.', keys)
write('v1-valid.json', 'Licenses that every release must accept.', valid)
write('v1-rejected.json', 'Licenses that every release must refuse, and with which status.', rejected)

function write<T>(name: string, about: string, vectors: readonly T[]): void {
  const file: VectorFile<T> = { about, vectors }
  writeFileSync(join(folder ?? '.', name), `${JSON.stringify(file, null, 2)}\n`, { flag: 'wx' })
}

function ok(name: string, licenseText: string, options: VectorOptions = now): Vector {
  return { name, text: licenseText, options, expected: { status: 'valid', inGrace: false } }
}

function no(status: Vector['expected']['status'], name: string, licenseText: string, options: VectorOptions = now): Vector {
  return { name, text: licenseText, options, expected: { status } }
}

function publicPart(name: string, key: SigningKey, state: VectorKey['state']): VectorKey {
  return { name, keyId: key.keyId, publicKeyPem: key.publicKeyPem, state }
}

function envelopeOf(bytes: Uint8Array, signatureBytes: Uint8Array, id: string): string {
  return formatEnvelope({
    keyId: id,
    payloadB64: Buffer.from(bytes).toString('base64'),
    signatureB64: Buffer.from(signatureBytes).toString('base64'),
  })
}

function armour(base64: string, columns = 64): string {
  const wrapped = base64.replace(new RegExp(`.{1,${columns}}`, 'g'), '$&\n')
  return `-----BEGIN LICENSE-----\n${wrapped}-----END LICENSE-----\n`
}

function flip(bytes: Uint8Array, bit: number): Buffer {
  return Buffer.from(bytes.map((byte, index) => (index === bit >> 3 ? byte ^ (0x80 >> (bit & 7)) : byte)))
}

function urlSafe(base64: string): string {
  return base64.replaceAll('+', '-').replaceAll('/', '_')
}

/** 256 bytes leave 4 unused bits in the last base64 character: 15 other characters decode to the same signature. */
function lastCharacterSpellings(): string[] {
  const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/'
  const same = [...alphabet]
    .map((last) => `${signatureB64.slice(0, -3)}${last}==`)
    .filter((spelling) => Buffer.from(spelling, 'base64').equals(signature))
  return same.filter((spelling) => spelling !== signatureB64)
}

function replaceBytes(from: LicensePayload, marker: string, bytes: number[]): Buffer {
  return Buffer.from(
    Buffer.from(JSON.stringify(from))
      .toString('latin1')
      .replace(marker, String.fromCharCode(...bytes)),
    'latin1',
  )
}

function digest(): Buffer {
  return createHash('sha256').update(payload).digest()
}

function digestInfo(prefixHex: string, octetStringHex: string): Buffer {
  return Buffer.concat([Buffer.from(prefixHex + octetStringHex, 'hex'), digest()])
}

/** The same bytes as `sign` makes: shows that the forgeries above differ from a good signature only in what their name says. */
function assertHandMadeSignature(): void {
  const handMade = rawRsa(padded(digestInfo('3031300d06096086480165030402010500', '0420')), active.privateKey)
  if (!handMade.equals(signature)) throw new Error('hand-made signature differs from the real one')
}

/** EMSA-PKCS1-v1_5, or with another block type. */
function padded(info: Buffer, blockType = 1): Buffer {
  return Buffer.concat([Buffer.from([0, blockType]), Buffer.alloc(253 - info.length, 0xff), Buffer.from([0]), info])
}

/** Bleichenbacher's 2006 form: the shortest legal padding, the right digest, and garbage that a careless verifier does not look at. */
function cutPadding(): Buffer {
  const info = digestInfo('3031300d06096086480165030402010500', '0420')
  return Buffer.concat([
    Buffer.from([0, 1]),
    Buffer.alloc(8, 0xff),
    Buffer.from([0]),
    info,
    Buffer.alloc(245 - info.length, 0x5a),
  ])
}

function rawRsa(block: Buffer, key: KeyObject): Buffer {
  return privateEncrypt({ key, padding: constants.RSA_NO_PADDING }, block)
}

/** A good signature with the modulus added once: the same number to RSA, another text. Fits in 2048 bits only for small signatures. */
async function unreducedSignature(): Promise<string> {
  const modulus = BigInt(
    `0x${Buffer.from(createPublicKey(active.publicKeyPem).export({ format: 'jwk' }).n ?? '', 'base64url').toString('hex')}`,
  )
  for (let attempt = 0; ; attempt++) {
    const candidate = await signLicense(aPayload({ licenseId: `L-${attempt}` }), active)
    const sum = BigInt(`0x${Buffer.from(candidate.signatureB64, 'base64').toString('hex')}`) + modulus
    const digits = sum.toString(16)
    if (digits.length <= 512)
      return envelopeOf(Buffer.from(candidate.payloadB64, 'base64'), Buffer.from(digits.padStart(512, '0'), 'hex'), active.keyId)
  }
}
