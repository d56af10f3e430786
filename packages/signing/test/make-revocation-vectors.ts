// Makes the vectors of revocation lists: `node packages/signing/test/make-revocation-vectors.ts FOLDER`. As make-vectors.ts: new keys in every run, the
// private ones forgotten, nothing overwritten.
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { type RevocationListPayload, type SigningKey, signRevocationList } from '../src/index.ts'
import { aSigningKey } from './builders.ts'
import type { RevocationVector, RevocationVectorFile } from './vectors.ts'

const folder = process.argv[2]
if (folder === undefined) throw new Error('usage: make-revocation-vectors.ts FOLDER')

const [core, agent, stranger] = [await aSigningKey(), await aSigningKey(), await aSigningKey()]
const revoked = (licenseId: string) => ({ licenseId, revokedAt: '2026-05-01T00:00:00Z', reason: 'refunded' })
const payload: RevocationListPayload = {
  type: 'licenseoperator.revocations',
  v: 1,
  number: 7,
  issuedAt: '2026-06-01T00:00:00Z',
  productKeys: ['core'],
  revoked: [revoked('L-1')],
}
const list = (changes: Partial<RevocationListPayload> = {}, key: SigningKey = core) =>
  signRevocationList({ ...payload, ...changes }, key)
const ofCore = await list()
const ofAgent = await list({ productKeys: ['agent'], number: 5, revoked: [revoked('L-9')] }, agent)
const ofStranger = await list({ productKeys: ['other'] }, stranger)
const otherLetter = (text: string) => {
  const at = Math.floor(text.length / 2)
  return `${text.slice(0, at)}${text[at] === 'B' ? 'C' : 'B'}${text.slice(at + 1)}`
}

const vectors: RevocationVector[] = [
  {
    name: 'one list',
    text: ofCore,
    trusted: ['core'],
    expected: { status: 'current', number: 7, productKeys: ['core'], revoked: ['L-1'] },
  },
  {
    name: 'two lists, both keys trusted: both count',
    text: ofCore + ofAgent,
    trusted: ['core', 'agent'],
    expected: { status: 'current', number: 5, productKeys: ['agent', 'core'], revoked: ['L-1', 'L-9'] },
  },
  {
    name: 'two lists with CRLF, in the other order',
    text: (ofAgent + ofCore).replaceAll('\n', '\r\n'),
    trusted: ['core', 'agent'],
    expected: { status: 'current', number: 5, productKeys: ['agent', 'core'], revoked: ['L-1', 'L-9'] },
  },
  {
    name: 'a list of a key that is not trusted does not count and is named',
    text: ofCore + ofStranger,
    trusted: ['core'],
    expected: { status: 'current', number: 7, productKeys: ['core'], revoked: ['L-1'], uncounted: [stranger.keyId] },
  },
  {
    name: 'the same key twice: the newer list counts',
    text: ofCore + (await list({ number: 8, revoked: [] })),
    trusted: ['core'],
    expected: { status: 'current', number: 8, productKeys: ['core'], revoked: [] },
  },
  { name: 'only a list of a key that is not trusted', text: ofStranger, trusted: ['core'], expected: { status: 'unknown_key' } },
  {
    name: 'a product that only the uncounted list covers',
    text: ofCore + ofAgent,
    trusted: ['core'],
    options: { expectedProductKey: 'agent' },
    expected: { status: 'wrong_product' },
  },
  {
    name: 'one of two lists is older than was seen',
    text: ofCore + ofAgent,
    trusted: ['core', 'agent'],
    options: { lastNumber: { [agent.keyId]: 6 } },
    expected: { status: 'older_than_known' },
  },
  {
    name: 'one of two lists is changed',
    text: otherLetter(ofCore) + ofAgent,
    trusted: ['core', 'agent'],
    expected: { status: 'malformed' },
  },
  {
    name: 'half a list behind a whole one',
    text: ofCore + ofAgent.slice(0, 300),
    trusted: ['core', 'agent'],
    expected: { status: 'malformed' },
  },
  { name: 'no list', text: '', trusted: ['core'], expected: { status: 'malformed' } },
]
const file: RevocationVectorFile = {
  about:
    'Revocation lists, the names of the keys that a verifier trusts, and what it must answer. `revoked` and `productKeys` are sorted.',
  keys: Object.entries({ core, agent, stranger }).map(([name, key]) => ({
    name,
    keyId: key.keyId,
    publicKeyPem: key.publicKeyPem,
  })),
  vectors,
}
writeFileSync(join(folder, 'v1-revocations.json'), `${JSON.stringify(file, null, 2)}\n`, { flag: 'wx' })
