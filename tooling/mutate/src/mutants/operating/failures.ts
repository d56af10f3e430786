import type { Mutant } from '../../mutant.ts'

const mysql = 'packages/db/src/mysql-trouble.ts'
const describe = 'services/cli/src/describe-failure.ts'
const cli = ['services/cli/test/failures.integration.test.ts']
const explained = ['packages/billing/src/failures/explain-failure.integration.test.ts']
const waiting = ['packages/billing/src/events/waiting.integration.test.ts']
const relaying = ['services/webhook-ingest/test/relay.integration.test.ts']

export const failureMutants: readonly Mutant[] = [
  {
    rule: 'a command that fails at a service names it, its address and the cause',
    file: describe,
    find: 'if (service !== undefined) {',
    put: "if (service !== undefined && service.code === '') {",
    tests: cli,
  },
  {
    rule: 'MySQL away is not a wrong password and not a missing database',
    file: mysql,
    find: 'cause === undefined ?',
    put: "cause !== undefined ? 'cannot be reached' : cause === undefined ?",
    tests: cli,
  },
  {
    rule: 'the address of MySQL is named',
    file: mysql,
    find: 'const address = place === undefined ?',
    put: 'const address = place !== undefined ?',
    tests: cli,
  },
  {
    rule: 'a network error of a connection to MySQL is MySQL’s',
    file: mysql,
    find: '((fatal || certain) && code in causes)',
    put: '(certain && code in causes)',
    tests: cli,
  },
  {
    rule: 'a network error alone is not MySQL’s',
    file: mysql,
    find: '((fatal || certain) && code in causes)',
    put: 'code in causes',
    tests: explained,
  },
  {
    rule: 'a wrong Stripe key is not a network that is away',
    file: 'packages/stripe/src/explain-stripe.ts',
    find: "return 'refuses the key: stripe.api_key is wrong, expired or was rolled'",
    put: "return 'cannot be reached'",
    tests: cli,
  },
  {
    rule: 'the address of Stripe is the one that is configured',
    file: 'packages/stripe/src/explain-stripe.ts',
    find: 'apiBase === undefined ? STRIPE : new URL(apiBase).origin',
    put: 'STRIPE',
    tests: cli,
  },
  {
    rule: 'the cause of a Stripe that cannot be reached is the network’s word',
    file: 'packages/stripe/src/explain-stripe.ts',
    find: "if (typeof inner === 'string') return inner",
    put: '',
    tests: cli,
  },
  {
    rule: 'NATS is named with its address and never with credentials',
    file: 'packages/billing/src/failures/explain-failure.ts',
    find: 'readNatsUrl(url)?.address)',
    put: 'url)',
    tests: explained,
  },
  {
    rule: 'a failure of NATS is not an unknown one',
    file: 'packages/billing/src/failures/explain-failure.ts',
    find: 'if (nats !== undefined) return nats',
    put: '',
    tests: explained,
  },
  {
    rule: 'a failure is JSON where JSON was asked for',
    file: 'services/cli/src/run-cli.ts',
    find: "const asJson = flagsOf(argv).flags.has('json')",
    put: 'const asJson = argv.length === 0',
    tests: cli,
  },
  {
    rule: 'JSON of a failure names service, address and cause apart',
    file: describe,
    find: '{ service: name, address, cause })',
    put: '{ service: name, address: cause, cause: address })',
    tests: cli,
  },
  {
    rule: 'a processor logs each retry with its reason',
    file: 'packages/billing/src/events/webhook-handler.ts',
    find: 'logRetry(deps, outcome, message.deliveryCount)\n',
    put: '\n',
    tests: waiting,
  },
  {
    rule: 'a sweep of stored events logs each retry with its reason',
    file: 'packages/billing/src/events/sweep-stored-events.ts',
    find: 'logRetry(deps, outcome, deliveryCount)\n',
    put: '\n',
    tests: waiting,
  },
  {
    rule: 'the reason of a retry names service, address and cause',
    file: 'packages/billing/src/events/after-failure.ts',
    find: 'reason: whyFailed(error, reach)',
    put: 'reason: error.message',
    tests: waiting,
  },
  {
    rule: 'a relay says what keeps announcements from being published',
    file: 'services/webhook-ingest/src/relay/run-relay.ts',
    find: '{ count: failed.length, reason }',
    put: '{ count: failed.length }',
    tests: relaying,
  },
  {
    rule: 'a relay whose MySQL is away names it',
    file: 'services/webhook-ingest/src/relay/run-relay.ts',
    find: "'announcements wait', { reason: whyFailed(error, deps.reach) }",
    put: "'announcements wait', { reason: error instanceof Error ? error.name : 'unknown' }",
    tests: relaying,
  },
  {
    rule: 'a receiver that starts with a key that Stripe refuses says that it is the key',
    file: 'services/webhook-ingest/src/prepare-stripe.ts',
    find: 'reason: whyFailed(error, reachOf(config))',
    put: "reason: error instanceof Error ? error.name : 'unknown'",
    tests: ['services/webhook-ingest/test/prepare-stripe.integration.test.ts'],
  },
]
