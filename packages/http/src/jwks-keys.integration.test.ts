import { once } from 'node:events'
import { createServer } from 'node:http'
import { exportJWK, exportSPKI, generateKeyPair, SignJWT } from 'jose'
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest'
import { createTokenVerifier, type TokenVerifier } from './token-verifier.ts'

const SECRET = 'a secret of this test, 32 bytes or more'
type Pair = Awaited<ReturnType<typeof generateKeyPair>>
const pairs: Record<string, Pair> = {}
/** Key ids that the provider publishes now. */
let published = ['rs', 'es', 'ed']
let fetches = 0
let foreign = 0
let answering = true
let hanging = false
/** What the provider sends instead of its keys, piece by piece, until the other end hangs up. */
let pieces: { readonly text: string; readonly everyMs: number } | undefined
let sent = 0

const provider = createServer(async (request, response) => {
  if (request.url !== '/keys') {
    foreign += 1
    response.end('{"keys":[]}')
    return
  }
  fetches += 1
  if (hanging) return
  if (pieces !== undefined) {
    const { text, everyMs } = pieces
    const write = () => {
      sent += text.length
      response.write(text)
    }
    const timer = setInterval(write, everyMs)
    response.once('close', () => clearInterval(timer))
    return
  }
  if (!answering) {
    response.writeHead(500).end()
    return
  }
  const keys = await Promise.all(published.map(async (kid) => ({ ...(await exportJWK(pairOf(kid).publicKey)), kid })))
  response.setHeader('content-type', 'application/json')
  response.end(JSON.stringify({ keys }))
})
let origin: string

beforeAll(async () => {
  for (const [kid, algorithm] of [
    ['rs', 'RS256'],
    ['es', 'ES256'],
    ['ed', 'EdDSA'],
    ['new', 'RS256'],
    ['strange', 'RS256'],
  ] as const)
    pairs[kid] = await generateKeyPair(algorithm, { extractable: true })
  provider.listen(0, '127.0.0.1')
  await once(provider, 'listening')
  const address = provider.address()
  origin = `http://127.0.0.1:${typeof address === 'object' && address !== null ? address.port : 0}`
})
afterEach(() => {
  vi.useRealTimers()
  published = ['rs', 'es', 'ed']
  answering = true
  hanging = false
  pieces = undefined
  sent = 0
})
afterAll(async () => {
  provider.closeAllConnections()
  provider.close()
  await once(provider, 'close')
})

function pairOf(kid: string): Pair {
  const pair = pairs[kid]
  if (pair === undefined) throw new Error(`no key ${kid}`)
  return pair
}
const verifierOf = (algorithms: readonly string[] = ['RS256', 'ES256', 'EdDSA'], url = `${origin}/keys`): TokenVerifier =>
  createTokenVerifier({ secret: SECRET, jwks: { url, algorithms } })
const claims = { user: { identity: 'ada', roles: [], groups: ['acme'] } }
const token = (alg: string, kid: string, header: object = {}) =>
  new SignJWT(claims)
    .setProtectedHeader({ alg, kid, ...header })
    .setExpirationTime('5m')
    .sign(pairOf(kid).privateKey)
const unauthorized = { code: 'unauthorized' }

describe('tokens of an identity provider', () => {
  test.each([
    ['RS256', 'rs'],
    ['ES256', 'es'],
    ['EdDSA', 'ed'],
  ])('%s is accepted, and so is HS256 with the secret', async (alg, kid) => {
    const verifier = verifierOf()
    expect(await verifier.verify(await token(alg, kid))).toMatchObject({ identity: 'ada', groups: ['acme'] })
    const shared = await new SignJWT(claims)
      .setProtectedHeader({ alg: 'HS256' })
      .setExpirationTime('5m')
      .sign(Buffer.from(SECRET))
    expect(await verifier.verify(shared)).toMatchObject({ identity: 'ada' })
  })

  test('an algorithm that is not configured is refused, and so is all of it without a provider', async () => {
    await expect(verifierOf(['ES256']).verify(await token('RS256', 'rs'))).rejects.toMatchObject(unauthorized)
    await expect(createTokenVerifier({ secret: SECRET }).verify(await token('RS256', 'rs'))).rejects.toMatchObject(unauthorized)
  })

  test('HS256 with a public key as its secret is refused, even where somebody configures HS256 for the provider', async () => {
    const pem = await exportSPKI(pairOf('rs').publicKey)
    const forged = await new SignJWT(claims)
      .setProtectedHeader({ alg: 'HS256', kid: 'rs' })
      .setExpirationTime('5m')
      .sign(Buffer.from(pem))
    for (const verifier of [verifierOf(), verifierOf(['HS256', 'RS256'])])
      await expect(verifier.verify(forged)).rejects.toMatchObject(unauthorized)
  })

  test('a key that is not published, another signature, no expiry, an old one: refused', async () => {
    const verifier = verifierOf()
    await expect(verifier.verify(await token('RS256', 'strange'))).rejects.toMatchObject(unauthorized)
    const lying = await new SignJWT(claims)
      .setProtectedHeader({ alg: 'RS256', kid: 'rs' })
      .setExpirationTime('5m')
      .sign(pairOf('strange').privateKey)
    await expect(verifier.verify(lying)).rejects.toMatchObject(unauthorized)
    const endless = await new SignJWT(claims).setProtectedHeader({ alg: 'RS256', kid: 'rs' }).sign(pairOf('rs').privateKey)
    await expect(verifier.verify(endless)).rejects.toMatchObject(unauthorized)
    const old = await new SignJWT(claims)
      .setProtectedHeader({ alg: 'RS256', kid: 'rs' })
      .setExpirationTime('-1m')
      .sign(pairOf('rs').privateKey)
    await expect(verifier.verify(old)).rejects.toMatchObject(unauthorized)
  })

  test('where a token says its keys are, nobody asks', async () => {
    const verifier = verifierOf()
    const header = { jku: `${origin}/evil`, x5u: `${origin}/evil`, jwk: await exportJWK(pairOf('strange').publicKey) }
    const lying = await new SignJWT(claims)
      .setProtectedHeader({ alg: 'RS256', kid: 'evil', ...header })
      .setExpirationTime('5m')
      .sign(pairOf('strange').privateKey)
    await expect(verifier.verify(lying)).rejects.toMatchObject(unauthorized)
    expect(foreign).toBe(0)
  })

  test('keys are fetched once for many tokens', async () => {
    const verifier = verifierOf()
    const before = fetches
    for (let count = 0; count < 5; count += 1) await verifier.verify(await token('RS256', 'rs'))
    expect(fetches - before).toBe(1)
  })

  test('a rotated key is picked up by a running verifier, but unknown key ids cannot make it fetch all the time', async () => {
    // The pause between two fetches is measured by the JWKS client itself, on the host's clock.
    vi.useFakeTimers({ toFake: ['Date'] })
    const verifier = verifierOf()
    await verifier.verify(await token('RS256', 'rs'))
    published = ['new']
    const before = fetches
    await expect(verifier.verify(await token('RS256', 'new'))).rejects.toMatchObject(unauthorized)
    expect(fetches - before).toBe(0)
    vi.setSystemTime(Date.now() + 31_000)
    expect(await verifier.verify(await token('RS256', 'new'))).toMatchObject({ identity: 'ada' })
    await expect(verifier.verify(await token('RS256', 'rs'))).rejects.toMatchObject(unauthorized)
    expect(fetches - before).toBe(1)
  })

  test('unknown key ids and junk cost a provider that is away one fetch in ten seconds', async () => {
    vi.useFakeTimers({ toFake: ['Date'] })
    answering = false
    const verifier = verifierOf()
    const before = fetches
    for (let count = 0; count < 20; count += 1)
      await expect(verifier.verify(await token('RS256', 'strange'))).rejects.toMatchObject({ code: 'temporarily_unavailable' })
    expect(fetches - before).toBe(1)
    vi.setSystemTime(Date.now() + 10_001)
    answering = true
    expect(await verifier.verify(await token('RS256', 'rs'))).toMatchObject({ identity: 'ada' })
    expect(fetches - before).toBe(2)
  })

  test('what no signature could save is refused without asking for a key', async () => {
    const before = fetches
    const verifier = createTokenVerifier({
      secret: SECRET,
      issuer: 'https://id.test',
      audience: 'licenses',
      jwks: { url: `${origin}/keys`, algorithms: ['RS256'] },
    })
    const junk = (payload: object) =>
      [{ alg: 'RS256', kid: 'rs' }, payload, 'junk']
        .map((part) => Buffer.from(JSON.stringify(part)).toString('base64url'))
        .join('.')
    const exp = Date.now() / 1000 + 60
    const named = { iss: 'https://id.test', aud: 'licenses' }
    for (const payload of [{}, { ...claims }, { ...claims, exp }, { ...claims, ...named, exp: 1 }, { ...named, exp }, 'text'])
      await expect(verifier.verify(junk(Object(payload)))).rejects.toMatchObject(unauthorized)
    expect(fetches - before).toBe(0)
  })

  test('with issuer and audience configured its tokens have to name both; one signed with the secret need not', async () => {
    const verifier = createTokenVerifier({
      secret: SECRET,
      issuer: 'https://id.test',
      audience: 'licenses',
      jwks: { url: `${origin}/keys`, algorithms: ['RS256'] },
    })
    const signed = (more: object, key: Parameters<SignJWT['sign']>[0] = pairOf('rs').privateKey, alg = 'RS256') =>
      new SignJWT({ ...claims, ...more }).setProtectedHeader({ alg, kid: 'rs' }).setExpirationTime('5m').sign(key)
    const named = { iss: 'https://id.test', aud: 'licenses' }
    expect(await verifier.verify(await signed(named))).toMatchObject({ identity: 'ada' })
    for (const claim of [{}, { iss: named.iss }, { aud: named.aud }, { ...named, aud: 'other' }])
      await expect(verifier.verify(await signed(claim))).rejects.toMatchObject(unauthorized)
    expect(await verifier.verify(await signed({}, Buffer.from(SECRET), 'HS256'))).toMatchObject({ identity: 'ada' })
  })

  test('an answer without end is given up at 256 KiB', async () => {
    pieces = { text: ' '.repeat(64 * 1024), everyMs: 1 }
    await expect(verifierOf().verify(await token('RS256', 'rs'))).rejects.toMatchObject({ code: 'temporarily_unavailable' })
    expect(sent).toBeLessThan(8 * 1024 * 1024)
  })

  test('an answer that drips is given up after the time for all of it', async () => {
    pieces = { text: ' ', everyMs: 200 }
    await expect(verifierOf().verify(await token('RS256', 'rs'))).rejects.toMatchObject({ code: 'temporarily_unavailable' })
  }, 20_000)

  test('a provider that takes the request and never answers: temporarily unavailable', async () => {
    hanging = true
    await expect(verifierOf().verify(await token('RS256', 'rs'))).rejects.toMatchObject({ code: 'temporarily_unavailable' })
  }, 20_000)

  test('while the provider does not answer: temporarily unavailable, and HS256 goes on working', async () => {
    answering = false
    const verifier = verifierOf()
    await expect(verifier.verify(await token('RS256', 'rs'))).rejects.toMatchObject({ code: 'temporarily_unavailable' })
    await expect(verifierOf(['RS256'], 'http://127.0.0.1:9/keys').verify(await token('RS256', 'rs'))).rejects.toMatchObject({
      code: 'temporarily_unavailable',
    })
    const shared = await new SignJWT(claims)
      .setProtectedHeader({ alg: 'HS256' })
      .setExpirationTime('5m')
      .sign(Buffer.from(SECRET))
    expect(await verifier.verify(shared)).toMatchObject({ identity: 'ada' })
    answering = true
    expect(await verifierOf().verify(await token('RS256', 'rs'))).toMatchObject({ identity: 'ada' })
  })
})
