import type { Mutant } from '../../mutant.ts'

const src = 'packages/signing/src'
const judge = `${src}/judge-license.ts`
const vectors = [`${src}/vectors.test.ts`]
const ring = [`${src}/node/create-key-ring.test.ts`]

/** What a license is worth to those who check it. */
export const signingMoney: readonly Mutant[] = [
  {
    rule: 'a license with a wrong signature is none',
    file: judge,
    find: 'if (!signatureIsGood) return',
    put: 'if (signatureIsGood === undefined) return',
    tests: vectors,
  },
  {
    rule: 'a license is not valid at its end',
    file: judge,
    find: 'if (nowMs < expiresMs) return',
    put: 'if (nowMs <= expiresMs) return',
    tests: vectors,
  },
  {
    rule: 'the days of grace end',
    file: judge,
    find: 'if (nowMs < expiresMs + graceMs)',
    put: 'if (graceMs > 0)',
    tests: vectors,
  },
  {
    rule: 'a license of another product is none',
    file: judge,
    find: 'if (checks.productKeys !== undefined && !checks.productKeys.includes(license.productKey)) {',
    put: 'if (checks.productKeys?.length === 0) {',
    tests: vectors,
  },
  {
    rule: 'a compromised key is no longer trusted',
    file: judge,
    find: "if (entry.state === 'compromised') {",
    put: "if (entry.state === 'pending') {",
    tests: vectors,
  },
  {
    rule: 'only an active key signs',
    file: `${src}/node/create-key-ring.ts`,
    find: "entry.state === 'active' && ",
    put: '',
    tests: ring,
  },
  {
    rule: 'a key that names the product signs before one for all products',
    file: `${src}/node/create-key-ring.ts`,
    find: '(signerOf(productKey)[0] ?? forAll[0])',
    put: '(forAll[0] ?? signerOf(productKey)[0])',
    tests: ring,
  },
  {
    rule: 'a key signs only for its products',
    file: `${src}/key-ring.ts`,
    find: 'entry.productKeys === undefined || entry.productKeys.includes(productKey)',
    put: 'entry.productKeys === undefined || entry.productKeys.length > 0',
    tests: ring,
  },
  {
    rule: 'seats have a limit',
    file: `${src}/check-seats.ts`,
    find: 'if (activeCount > limit) return',
    put: 'if (activeCount > limit + 1) return',
    tests: [`${src}/check-seats.test.ts`],
  },
]
