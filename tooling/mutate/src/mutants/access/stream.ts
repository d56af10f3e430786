import type { Mutant } from '../../mutant.ts'

const forged = ['packages/billing/src/events/forged-messages.integration.test.ts']
const nats = ['services/webhook-ingest/test/nats/nats-access.integration.test.ts']
const accounts = ['packages/db/src/accounts.integration.test.ts']
const leaves = ['packages/config/src/connection-leaves.test.ts']

/** Whoever can publish to JetStream or write to MySQL is not Stripe; and who we are to both. */
export const stream: readonly Mutant[] = [
  {
    rule: 'the processor verifies the signature of a message again',
    file: 'packages/billing/src/events/webhook-handler.ts',
    find: "  if (!isSignedByStripe(deps.stripe, payload, signature, deps.webhookSecrets)) return 'unsigned'\n",
    put: '',
    tests: forged,
  },
  {
    rule: 'the age of the signature does not matter there',
    file: 'packages/stripe/src/verify-webhook.ts',
    find: 'return helper.verifyHeader(payload, header, secret, 0)',
    put: 'return helper.verifyHeader(payload, header, secret, TOLERANCE_SECONDS)',
    tests: forged,
  },
  {
    rule: 'the signature travels with the message',
    file: 'services/webhook-ingest/src/receiver/keep-event.ts',
    find: '{ payload, signature, receivedAt: rfc3339(receivedAt) }',
    put: "{ payload, signature: '', receivedAt: rfc3339(receivedAt) }",
    tests: ['services/webhook-ingest/test/receiver.integration.test.ts'],
  },
  {
    rule: 'the signature is stored with the row when JetStream is away',
    file: 'services/webhook-ingest/src/receiver/keep-event.ts',
    find: 'payload: Buffer.from(payload), receivedAt, signature }',
    put: 'payload: Buffer.from(payload), receivedAt }',
    tests: ['services/webhook-ingest/test/receiver.integration.test.ts'],
  },
  {
    rule: 'a row that somebody wrote is not processed with its own bytes',
    file: 'packages/billing/src/events/process-stored.ts',
    find: 'secrets === undefined ? !unverified : isSignedByStripe(deps.stripe, payload, signature, secrets)',
    put: '!unverified',
    tests: forged,
  },
  {
    rule: 'a replay trusts no row that is marked as unverified',
    file: 'packages/billing/src/events/process-stored.ts',
    find: 'secrets === undefined ? !unverified : isSignedByStripe(deps.stripe, payload, signature, secrets)',
    put: 'secrets === undefined ? true : isSignedByStripe(deps.stripe, payload, signature, secrets)',
    tests: forged,
  },
  {
    rule: 'a message that is no JSON is settled, not thrown back',
    file: 'packages/billing/src/events/webhook-handler.ts',
    find: '  } catch {\n    return undefined\n',
    put: '  } catch (error) {\n    throw error\n',
    tests: forged,
  },
  {
    rule: 'a message whose payload is no event is settled, not thrown back',
    file: 'packages/billing/src/events/refuse-message.ts',
    find: "if (isDomainError(error, 'invalid_webhook')) return false",
    put: "if (isDomainError(error, 'not_found')) return false",
    tests: forged,
  },
  {
    rule: "Stripe's own event takes the place of a forged message with its id",
    file: 'packages/db/src/stripe-events.ts',
    find: 'attempts: 1, unverified: 1 }',
    put: 'attempts: 1, unverified: 0 }',
    tests: forged,
  },
  {
    rule: 'a credentials file says who we are to NATS',
    file: 'packages/events/src/nats-target.ts',
    find: '...(credentials === undefined ? {}',
    put: '...(credentials !== undefined ? {}',
    tests: nats,
  },
  {
    rule: 'an NKey says who we are to NATS',
    file: 'packages/events/src/nats-target.ts',
    find: '...(nkeySeed === undefined ? {}',
    put: '...(nkeySeed === undefined || nkeySeed !== undefined ? {}',
    tests: nats,
  },
  {
    rule: 'NATS is trusted by the configured authority',
    file: 'packages/events/src/nats-target.ts',
    find: 'present({ ca: tls.ca,',
    put: 'present({ ca: undefined,',
    tests: nats,
  },
  {
    rule: 'NATS is shown the client certificate',
    file: 'packages/events/src/nats-target.ts',
    find: 'cert: tls.cert, key: tls.key && reveal(tls.key)',
    put: 'cert: undefined, key: undefined',
    tests: nats,
  },
  {
    rule: 'a stream is made with the configured number of replicas',
    file: 'packages/events/src/ensure-streams.ts',
    find: 'num_replicas: options.replicas ?? 1',
    put: 'num_replicas: 1',
    tests: ['packages/events/src/ensure-streams.integration.test.ts'],
  },
  {
    rule: 'MySQL is trusted by the configured authority',
    file: 'packages/db/src/open-database.ts',
    find: '...(ca !== undefined && { ca })',
    put: '...{}',
    tests: accounts,
  },
  {
    rule: 'MySQL is shown the client certificate',
    file: 'packages/db/src/open-database.ts',
    find: '...(cert !== undefined && { cert })',
    put: '...{}',
    tests: accounts,
  },
  {
    rule: "MySQL's certificate is verified",
    file: 'packages/db/src/open-database.ts',
    find: 'rejectUnauthorized: true',
    put: 'rejectUnauthorized: false',
    tests: accounts,
  },
  {
    rule: "the name in MySQL's certificate is verified",
    file: 'packages/db/src/open-database.ts',
    find: 'verifyIdentity: isIP(host) === 0',
    put: 'verifyIdentity: false',
    tests: accounts,
  },
  {
    rule: 'the configuration hands the certificates of NATS on',
    file: 'packages/config/src/sections.ts',
    find: '      tls: s.tls,\n',
    put: '      tls: undefined,\n',
    tests: leaves,
  },
  {
    rule: 'the configuration hands the certificates of MySQL on',
    file: 'packages/config/src/sections.ts',
    find: 'tls: s.tls ?? s.dsn.tls',
    put: 'tls: s.dsn.tls',
    tests: leaves,
  },
  {
    rule: 'receiver, processor and relay say who they are to NATS',
    file: 'services/webhook-ingest/src/connections.ts',
    find: 'openNatsLink({ ...nats, name:',
    put: 'openNatsLink({ url: nats.url, name:',
    tests: ['services/webhook-ingest/test/nats/configured-access.integration.test.ts'],
  },
  {
    rule: 'receiver, processor and relay make streams with the configured number of replicas',
    file: 'services/webhook-ingest/src/connections.ts',
    find: 'ensureStream(await this.nats.ready(waitMs), this.#config.nats, kind)',
    put: 'ensureStream(await this.nats.ready(waitMs), { ...this.#config.nats, replicas: 1 }, kind)',
    tests: ['services/webhook-ingest/test/nats/configured-access.integration.test.ts'],
  },
]
