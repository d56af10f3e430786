import { createHmac, createSign, generateKeyPairSync } from 'node:crypto'
import { expect, test } from 'vitest'
import { anApp, aToken, NOW, RULES, SECRET } from '../test/an-app.ts'
import { createTokenVerifier } from './token-verifier.ts'

const now = NOW.getTime() / 1000
const user = { identity: 'ada', email: 'ada@acme.test', roles: ['sysadmin'], groups: [' ACME ', 'acme', 'Globex', ''] }
const encode = (part: unknown) => Buffer.from(JSON.stringify(part)).toString('base64url')

/** A token made without jose, so that any header and any claims are possible. */
function forged(claims: object, header: object = {}, sign = (input: string) => hmac('sha256', SECRET, input)): string {
  const input = `${encode({ alg: 'HS256', ...header })}.${encode({ exp: now + 60, user, ...claims })}`
  return `${input}.${sign(input)}`
}

function hmac(hash: string, key: string | Buffer, input: string): string {
  return createHmac(hash, key).update(input).digest('base64url')
}

const verifier = createTokenVerifier(RULES)
const verdict = (token: string) =>
  verifier.verify(token).then(
    () => 'accepted',
    (error: Error) => error.message,
  )

test('a good token becomes a caller with normalised groups', async () => {
  expect(await verifier.verify(forged({}))).toEqual({
    identity: 'ada',
    email: 'ada@acme.test',
    roles: ['sysadmin'],
    groups: ['acme', 'globex'],
    scopes: undefined,
  })
})

const { publicKey, privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })
const publicPem = publicKey.export({ type: 'spki', format: 'pem' })
const rs256 = (input: string) => createSign('sha256').update(input).sign(privateKey).toString('base64url')

test.each<[string, string]>([
  ['expired 29 s ago', forged({ exp: now - 29 })],
  ['no issuer and no audience', forged({})],
  ['the right issuer and audience', forged({ iss: 'licenseoperator', aud: ['other', 'dashboard'] })],
  ['nbf within the leeway', forged({ nbf: now + 29 })],
  ['an unknown key id', forged({}, { kid: '../../etc/passwd' })],
  ['a minted token', await aToken()],
  ['type JWT', forged({}, { typ: 'JWT' })],
  ['type at+jwt, spelled out', forged({}, { typ: 'application/AT+jwt' })],
  ['an e-mail address of 254 characters', forged({ user: { ...user, email: `${'a'.repeat(242)}@example.com` } })],
])('accepted: %s', async (_name, token) => {
  expect(await verdict(token)).toBe('accepted')
})

test.each<[string, string]>([
  ['expired 31 s ago', forged({ exp: now - 31 })],
  ['no exp', forged({ exp: undefined })],
  ['exp as text', forged({ exp: String(now + 60) })],
  ['exp beyond all time', forged({ exp: 1e308 })],
  ['exp after the year 9999', forged({ exp: 253_402_300_800 })],
  ['a proof of possession', forged({}, { typ: 'dpop+jwt' })],
  ['a type that is no text', forged({}, { typ: 7 })],
  ['an identity with an escape sequence', forged({ user: { ...user, identity: 'ada\u001b[2J' } })],
  ['an identity with NUL', forged({ user: { ...user, identity: 'ada\u0000' } })],
  ['an identity with a lone surrogate', forged({ user: { ...user, identity: 'ada\ud800' } })],
  ['an identity of 256 characters', forged({ user: { ...user, identity: 'a'.repeat(256) } })],
  ['an e-mail address with an escape sequence', forged({ user: { ...user, email: 'ada\u001b@acme.test' } })],
  ['an e-mail address with a line break', forged({ user: { ...user, email: 'ada@acme.test\n' } })],
  ['an e-mail address with a lone surrogate', forged({ user: { ...user, email: '\udc00@acme.test' } })],
  ['an e-mail address of 300 characters', forged({ user: { ...user, email: `${'a'.repeat(288)}@example.com` } })],
  ['nbf in the future', forged({ nbf: now + 31 })],
  ['another issuer', forged({ iss: 'evil' })],
  ['an empty issuer', forged({ iss: '' })],
  ['another audience', forged({ aud: 'evil' })],
  ['other audiences', forged({ aud: ['evil', 'worse'] })],
  ['audience null', forged({ aud: null })],
  ['alg none', `${encode({ alg: 'none' })}.${encode({ exp: now + 60, user })}.`],
  ['alg none with a signature', forged({}, { alg: 'none' })],
  ['HS384', forged({}, { alg: 'HS384' }, (input) => hmac('sha384', SECRET, input))],
  ['HS512', forged({}, { alg: 'HS512' }, (input) => hmac('sha512', SECRET, input))],
  ['RS256', forged({}, { alg: 'RS256' }, rs256)],
  ['HMAC with our public key', forged({}, {}, (input) => hmac('sha256', publicPem, input))],
  ['another secret', forged({}, {}, (input) => hmac('sha256', 'b'.repeat(40), input))],
  ['an unknown critical header', forged({}, { crit: ['x'], x: 1 })],
  ['an unencoded payload', forged({}, { crit: ['b64'], b64: false })],
  ['a key in the header', forged({}, { jwk: { kty: 'oct', k: 'YQ' } }, (input) => hmac('sha256', 'a', input))],
  ['no user', forged({ user: undefined })],
  ['user as text', forged({ user: 'ada' })],
  ['an empty identity', forged({ user: { ...user, identity: '' } })],
  ['a blank identity', forged({ user: { ...user, identity: ' ' } })],
  ['identity as a number', forged({ user: { ...user, identity: 7 } })],
  ['four parts', `${forged({})}.x`],
  ['five parts, like a JWE', `${forged({})}.x.y`],
  ['padding', `${forged({})}=`],
  ['only dots', '...'],
  ['nothing', ''],
  ['a personal access token', 'pat_0123456789abcdef'],
  ['a megabyte', 'a'.repeat(1_000_000)],
])('refused, always in the same words: %s', async (_name, token) => {
  expect(await verdict(token)).toBe('unauthorized')
})

test('a header that points to keys elsewhere is not followed', async () => {
  const jku = 'http://127.0.0.1:1/keys'
  expect(await verdict(forged({}, { jku, x5u: jku }))).toBe('accepted') // by our secret alone: nobody was asked
})

test.each<[string, unknown]>([
  ['text', 'acme'],
  ['an object', { acme: true }],
  ['mixed', ['acme', 7]],
  ['null', null],
])('groups and roles of a wrong type count as none: %s', async (_name, wrong) => {
  const caller = await verifier.verify(forged({ user: { identity: 'ada', groups: wrong, roles: wrong } }))
  expect(caller).toEqual({ identity: 'ada', email: undefined, roles: [], groups: [], scopes: undefined })
})

test('groups that nothing of ours can be called, and the one that only an identity has, count as none', async () => {
  const groups = ['acme', 'a\u0000b', '\ud800', 'x'.repeat(256), 'identity:eve', ' Identity:eve ']
  expect((await verifier.verify(forged({ user: { ...user, groups } }))).groups).toEqual(['acme'])
})

test('no address is no address', async () => {
  expect((await verifier.verify(forged({ user: { ...user, email: ' ' } }))).email).toBeUndefined()
})

test('where it is demanded, a token signed with the secret names issuer and audience', async () => {
  const strict = createTokenVerifier({ ...RULES, requireIssuerAndAudience: true })
  const named = { iss: 'licenseoperator', aud: 'dashboard' }
  expect((await strict.verify(forged(named))).identity).toBe('ada')
  for (const claims of [{}, { ...named, iss: undefined }, { ...named, aud: undefined }])
    await expect(strict.verify(forged(claims))).rejects.toThrow('unauthorized')
})

test.each<[string, object, string[] | undefined]>([
  ['no claim', {}, undefined],
  ['scope', { scope: 'licenses:read  trials:issue' }, ['licenses:read', 'trials:issue']],
  ['scp', { scp: ['licenses:read'] }, ['licenses:read']],
  ['an empty scope', { scope: '' }, []],
  ['a scope of a wrong type never widens', { scope: 7 }, []],
  ['null never widens', { scope: null }, []],
  ['of two claims both count', { scope: 'a b', scp: ['b', 'c'] }, ['b']],
])('scopes: %s', async (_name, claims, scopes) => {
  expect((await verifier.verify(forged(claims))).scopes).toEqual(scopes)
})

test('without configured issuer and audience any are accepted', async () => {
  const lenient = createTokenVerifier({ secret: SECRET, issuer: '', audience: '', now: RULES.now })
  expect((await lenient.verify(forged({ iss: 'x', aud: 'y' }))).identity).toBe('ada')
})

test('an unfit secret is refused at the start and not repeated in the message', () => {
  for (const secret of ['short secret', '', publicPem.toString()]) {
    expect(() => createTokenVerifier({ secret })).toThrow(/^the token secret/)
  }
})

test('a minted token says what it was asked to say, until it ends', async () => {
  const token = await aToken({ roles: ['sysadmin'], scopes: ['licenses:issue'] })
  expect(await verifier.verify(token)).toMatchObject({ roles: ['sysadmin'], groups: ['acme'], scopes: ['licenses:issue'] })
  const later = createTokenVerifier({ ...RULES, now: () => new Date(NOW.getTime() + 91_000) })
  await expect(later.verify(token)).rejects.toThrow('unauthorized')
})

const good = await aToken()
test.each<[string, number, Record<string, string>]>([
  ['nothing', 401, {}],
  ['Bearer and nothing', 401, { Authorization: 'Bearer' }],
  ['an empty header', 401, { Authorization: '' }],
  ['Bearer', 200, { Authorization: `Bearer ${good}` }],
  ['bearer in lower case', 200, { Authorization: `bearer ${good}` }],
  ['the bare token', 200, { Authorization: good }],
  ['another scheme', 401, { Authorization: `Basic ${Buffer.from('a:b').toString('base64')}` }],
  ['another scheme with a good token', 401, { Authorization: `Token ${good}` }],
  ['two words', 401, { Authorization: `Bearer ${good} ${good}` }],
  ['two headers, joined as Node joins them', 401, { Authorization: `Bearer ${good}, Bearer ${good}` }],
  ['a personal access token', 401, { Authorization: 'Bearer pat_123' }],
  ['the cookie', 200, { Cookie: `a=b; loopToken=${good}` }],
  ['a bad cookie', 401, { Cookie: 'loopToken=x' }],
  ['another cookie', 401, { Cookie: `token=${good}` }],
  ['a bad header is not rescued by a good cookie', 401, { Authorization: 'Bearer x', Cookie: `loopToken=${good}` }],
  ['a good header with a bad cookie', 200, { Authorization: good, Cookie: 'loopToken=x' }],
])('where the token comes from: %s', async (_name, status, headers) => {
  const answer = await anApp().request('/me', { headers })
  expect(answer.status).toBe(status)
  if (status === 401) {
    expect(answer.headers.get('www-authenticate')).toBe('Bearer')
    expect(await answer.json()).toMatchObject({ error: 'unauthorized', code: 'unauthorized' })
  }
})

test('public routes ignore credentials, valid or not', async () => {
  expect((await anApp().request('/public', { headers: { Authorization: 'Bearer x' } })).status).toBe(200)
})

test('a route that forgot requireCaller is closed, not open', async () => {
  expect((await anApp().request('/forgot', { headers: { Authorization: good } })).status).toBe(401)
})
