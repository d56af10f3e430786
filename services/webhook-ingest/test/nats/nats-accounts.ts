import { createHash } from 'node:crypto'
import { nkeys } from 'nats'

type KeyPair = ReturnType<typeof nkeys.createUser>

/** A user in a server that knows accounts by their tokens, as `nsc` makes them. */
export interface TestAccount {
  /** For the server. */
  readonly configuration: string
  /** The text of the user's credentials file. */
  readonly credentials: string
}

export function testAccount(): TestAccount {
  const operator = nkeys.createOperator()
  const account = nkeys.createAccount()
  const user = nkeys.createUser()
  const unlimited = { subs: -1, data: -1, payload: -1 }
  const accountLimits = { ...unlimited, conn: -1, leaf: -1, imports: -1, exports: -1, wildcards: true }
  const storage = { mem_storage: -1, disk_storage: -1, streams: -1, consumer: -1 }
  const operatorToken = token(operator, operator, { type: 'operator', version: 2 })
  const accountToken = (of: KeyPair, limits: object) => token(operator, of, { type: 'account', version: 2, limits })
  // JetStream does not start without an account for the server itself.
  const system = nkeys.createAccount()
  const preload = [
    `${account.getPublicKey()}: "${accountToken(account, { ...accountLimits, ...storage })}"`,
    `${system.getPublicKey()}: "${accountToken(system, accountLimits)}"`,
  ]
  const userToken = token(account, user, { type: 'user', version: 2, ...unlimited, pub: {}, sub: {} })
  const seed = new TextDecoder().decode(user.getSeed())
  return {
    configuration: [
      `operator: "${operatorToken}"`,
      `system_account: ${system.getPublicKey()}`,
      'resolver: MEMORY',
      `resolver_preload: { ${preload.join(', ')} }`,
    ].join('\n'),
    credentials: `-----BEGIN NATS USER JWT-----\n${userToken}\n------END NATS USER JWT------\n\n-----BEGIN USER NKEY SEED-----\n${seed}\n------END USER NKEY SEED------\n`,
  }
}

/** @see https://docs.nats.io/running-a-nats-service/configuration/securing_nats/auth_intro/jwt */
function token(issuer: KeyPair, subject: KeyPair, nats: object): string {
  const claims = {
    iat: Math.floor(Date.now() / 1000),
    iss: issuer.getPublicKey(),
    name: 'test',
    sub: subject.getPublicKey(),
    nats,
  }
  const jti = createHash('sha256').update(JSON.stringify(claims)).digest('hex')
  const parts = [
    { typ: 'JWT', alg: 'ed25519-nkey' },
    { jti, ...claims },
  ].map((part) => base64url(JSON.stringify(part)))
  const signed = parts.join('.')
  return `${signed}.${base64url(issuer.sign(new TextEncoder().encode(signed)))}`
}

const base64url = (bytes: string | Uint8Array): string => Buffer.from(bytes).toString('base64url')
