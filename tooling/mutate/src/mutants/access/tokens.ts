import type { Mutant } from '../../mutant.ts'

const verifier = ['packages/http/src/token-verifier.test.ts']
const jwks = ['packages/http/src/jwks-keys.integration.test.ts']
const keys = ['packages/config/src/every-key.test.ts']
const alone = ['services/api/test/contract/buyer-without-group.test.ts']

/** Tokens, their secrets, and who is a group of one. */
export const tokens: readonly Mutant[] = [
  {
    rule: 'with require_issuer_and_audience a token has to name both',
    file: 'packages/http/src/token-verifier.ts',
    find: 'return readCaller(claims, rules, requireIssuerAndAudience)',
    put: 'return readCaller(claims, rules, false)',
    tests: verifier,
  },
  {
    rule: 'a token of the identity provider that lacks issuer or audience is refused',
    file: 'packages/http/src/token-verifier.ts',
    find: 'return true\n  if (claim === undefined) return !mustName',
    put: 'return true\n  if (claim === undefined) return true',
    tests: jwks,
  },
  {
    rule: 'a jwks_url without issuer and audience is a warning',
    file: 'packages/config/src/check-relations.ts',
    find: 'if (!filled(url) || (filled(issuer) && filled(audience))) return []',
    put: 'if (!filled(url) || filled(issuer) || filled(audience)) return []',
    tests: ['packages/config/src/load-config.test.ts'],
  },
  {
    rule: 'claims that nobody could have do not make us fetch keys',
    file: 'packages/http/src/token-verifier.ts',
    find: '      readCaller(claimed, rules, true)\n',
    put: '',
    tests: jwks,
  },
  {
    rule: 'an expired token does not make us fetch keys',
    file: 'packages/http/src/token-verifier.ts',
    find: 'if (!((claimed.exp ?? 0) > now().getTime() / 1000 - LEEWAY_SECONDS)) throw unauthorized()',
    put: '',
    tests: jwks,
  },
  {
    rule: 'while a provider is away tokens cost it one fetch in ten seconds',
    file: 'packages/http/src/jwks-keys.ts',
    find: '[customFetch]: withPauses(fetchBounded)',
    put: '[customFetch]: fetchBounded',
    tests: jwks,
  },
  {
    rule: 'unknown key ids cannot make us fetch all the time',
    file: 'packages/http/src/jwks-keys.ts',
    find: 'cooldownDuration: 30_000',
    put: 'cooldownDuration: 0',
    tests: jwks,
  },
  {
    rule: 'the answer with the keys has a size limit',
    file: 'packages/http/src/jwks-keys.ts',
    find: "if (size > MAX_ANSWER_BYTES) throw new Error('the answer of the identity provider is too large')",
    put: '',
    tests: jwks,
  },
  {
    rule: 'a secret has 32 bytes or more, without the blanks around it',
    file: 'packages/config/src/special-leaves.ts',
    find: 'Buffer.byteLength(inside) < MIN_SECRET_BYTES',
    put: 'Buffer.byteLength(value) < MIN_SECRET_BYTES',
    tests: keys,
  },
  {
    rule: 'a secret of few kinds of characters is refused',
    file: 'packages/config/src/special-leaves.ts',
    find: 'new Set(inside).size < MIN_KINDS || repeatsItself(inside)',
    put: 'repeatsItself(inside)',
    tests: keys,
  },
  {
    rule: 'a secret that repeats itself is refused',
    file: 'packages/config/src/special-leaves.ts',
    find: 'new Set(inside).size < MIN_KINDS || repeatsItself(inside)',
    put: 'new Set(inside).size < MIN_KINDS',
    tests: keys,
  },
  {
    rule: 'a blank webhook secret is refused, also beside a good one',
    file: 'packages/config/src/special-leaves.ts',
    find: 'if (parts.length === 0 || blank)',
    put: 'if (parts.length === 0)',
    tests: keys,
  },
  {
    rule: 'whsec_ alone is refused',
    file: 'packages/config/src/special-leaves.ts',
    find: '/^whsec_[\\w+/=-]+$/',
    put: '/^whsec_[\\w+/=-]*$/',
    tests: keys,
  },
  {
    rule: 'who buys without a group is one of the identity, never of the e-mail address',
    file: 'packages/checkout/src/session/buyer.ts',
    find: 'return personalGroup(caller.identity)',
    put: 'return caller.email ?? personalGroup(caller.identity)',
    tests: alone,
  },
  {
    rule: 'no token names a group of an identity',
    file: 'packages/http/src/token-verifier.ts',
    find: "group !== '' && !isPersonalGroup(group)",
    put: "group !== ''",
    tests: alone,
  },
  {
    rule: 'where groups are required an identity is none',
    file: 'packages/checkout/src/session/buyer.ts',
    find: 'if (settings.requireGroupName && isPersonalGroup(group))',
    put: 'if (!settings.requireGroupName && isPersonalGroup(group) && group === "")',
    tests: alone,
  },
]
