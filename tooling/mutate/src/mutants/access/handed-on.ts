import type { Mutant } from '../../mutant.ts'

const api = ['services/api/test/start-api-access.integration.test.ts']
const roles = ['services/webhook-ingest/test/nats/configured-access.integration.test.ts']
const ingest = ['services/webhook-ingest/test/without-nats.integration.test.ts']
const connections = ['packages/http/src/connections.integration.test.ts']
const rights = ['services/webhook-ingest/test/nats/permissions.integration.test.ts']
const accounts = ['packages/db/src/accounts.integration.test.ts']
const packing = ['packages/signing/src/build.integration.test.ts']
const alone = ['services/api/test/contract/buyer-without-group.test.ts']

/** What each process takes from its configuration, what the documentation tells operators to grant, and what a package holds. */
export const handedOn: readonly Mutant[] = [
  {
    rule: 'the API says who it is to NATS',
    file: 'services/api/src/start-api.ts',
    find: 'openNatsLink({ ...nats, name:',
    put: 'openNatsLink({ url: nats.url, name:',
    tests: api,
  },
  {
    rule: 'the API shows MySQL the configured certificate',
    file: 'services/api/src/start-api.ts',
    find: '    ...mysql,\n',
    put: '    ...mysql,\n    tls: undefined,\n',
    tests: api,
  },
  {
    rule: 'the ingest shows MySQL the configured certificate',
    file: 'services/webhook-ingest/src/connections.ts',
    find: '      ...mysql,\n',
    put: '      ...mysql,\n      tls: undefined,\n',
    tests: roles,
  },
  {
    rule: 'the API demands issuer and audience where the configuration does',
    file: 'services/api/src/start-api.ts',
    find: 'requireIssuerAndAudience: internalAuth.requireIssuerAndAudience',
    put: 'requireIssuerAndAudience: false',
    tests: api,
  },
  {
    rule: 'the API refuses tokens of another issuer',
    file: 'services/api/src/app.ts',
    find: '    ...(issuer === undefined ? {} : { issuer }),\n',
    put: '',
    tests: api,
  },
  {
    rule: 'the API refuses tokens for another audience',
    file: 'services/api/src/app.ts',
    find: '    ...(audience === undefined ? {} : { audience }),\n',
    put: '',
    tests: api,
  },
  {
    rule: 'the API bounds the connections of an address as configured',
    file: 'services/api/src/start-api.ts',
    find: 'return { drainMs, connectionsPerAddress, trustedProxies }',
    put: 'return { drainMs, connectionsPerAddress: connectionsPerAddress + 1000, trustedProxies }',
    tests: api,
  },
  {
    rule: 'the API bounds no connections of a trusted proxy',
    file: 'services/api/src/start-api.ts',
    find: 'return { drainMs, connectionsPerAddress, trustedProxies }',
    put: 'return { drainMs, connectionsPerAddress, trustedProxies: trustedProxies.slice(trustedProxies.length) }',
    tests: api,
  },
  {
    rule: 'the receiver bounds the connections of an address as configured',
    file: 'services/webhook-ingest/src/start-ingest.ts',
    find: '    connectionsPerAddress: server.maxConnectionsPerAddress,\n',
    put: '',
    tests: ingest,
  },
  {
    rule: 'the receiver bounds no connections of a trusted proxy',
    file: 'services/webhook-ingest/src/start-ingest.ts',
    find: '    trustedProxies: server.trustedProxies,\n',
    put: '',
    tests: ingest,
  },
  {
    rule: 'the receiver keeps metrics and readiness off the public port where there is an address for operators',
    file: 'services/webhook-ingest/src/start-ingest.ts',
    find: 'operationsElsewhere: adminAddr !== undefined',
    put: 'operationsElsewhere: false',
    tests: ingest,
  },
  {
    rule: 'a connection on which nothing is asked does not stay for ever',
    file: 'packages/http/src/serve-gracefully.ts',
    find: 'keepAliveTimeout: 65_000',
    put: 'keepAliveTimeout: 0',
    tests: connections,
  },
  {
    rule: 'all addresses together have 2000 connections',
    file: 'packages/http/src/serve-gracefully.ts',
    find: 'const MAX_CONNECTIONS = 2000',
    put: 'const MAX_CONNECTIONS = 200_000',
    tests: connections,
  },
  {
    rule: 'a message that is no event is told from one that is not signed, before anything works with it',
    file: 'packages/billing/src/events/webhook-handler.ts',
    find: "  if (!isStripeEvent(payload)) return 'no event'\n",
    put: '',
    tests: ['packages/billing/src/events/forged-messages.integration.test.ts'],
  },
  {
    rule: 'the documented rights of the api do not let it announce licenses',
    file: 'packages/events/README.md',
    find: 'publish: ["licenseoperator.catalog.changed", "$JS.API.INFO"]',
    put: 'publish: ["licenseoperator.catalog.changed", "licenseoperator.license.issued", "$JS.API.INFO"]',
    tests: rights,
  },
  {
    rule: 'the documented rights of the processor do not let it publish webhooks',
    file: 'packages/events/README.md',
    find: '  PROCESSOR {\n    publish: [\n',
    put: '  PROCESSOR {\n    publish: [\n      "licenseoperator.stripe.webhook.event"\n',
    tests: rights,
  },
  {
    rule: 'the documented rights of the processor are enough to consume',
    file: 'packages/events/README.md',
    find: '      "$JS.ACK.licenseoperator_stripe_webhook_event.licenseoperator_processor.>"\n',
    put: '',
    tests: rights,
  },
  {
    rule: 'the documented account of the relay cannot make an announcement',
    file: 'packages/db/README.md',
    find: 'GRANT SELECT, UPDATE ON licenses.outbox TO lo_relay',
    put: 'GRANT SELECT, INSERT, UPDATE ON licenses.outbox TO lo_relay',
    tests: accounts,
  },
  {
    rule: 'the documented account of the receiver cannot see what is sold',
    file: 'packages/db/README.md',
    find: 'GRANT SELECT ON licenses.schema_migrations TO lo_receiver',
    put: 'GRANT SELECT ON licenses.* TO lo_receiver',
    tests: accounts,
  },
  {
    rule: 'the documented account of the receiver is not let in without its certificate',
    file: 'packages/db/README.md',
    find: "CREATE USER lo_receiver IDENTIFIED BY 'change me' REQUIRE X509",
    put: "CREATE USER lo_receiver IDENTIFIED BY 'change me' REQUIRE SSL",
    tests: accounts,
  },
  {
    rule: 'npm pack rewrites the exports to what is built',
    file: 'packages/signing/package.json',
    find: ' && node ../../tooling/bundle/src/pack-manifest.ts publish"',
    put: '"',
    tests: packing,
  },
  {
    rule: "npm pack puts the repository's manifest back",
    file: 'packages/signing/package.json',
    find: 'node ../../tooling/bundle/src/pack-manifest.ts restore',
    put: 'node --version',
    tests: packing,
  },
  {
    rule: 'a packing that was killed half way is mended by the next',
    file: 'tooling/bundle/src/pack-manifest.ts',
    find: 'restore()\nif (',
    put: 'if (',
    tests: packing,
  },
  {
    rule: 'an e-mail address makes its bearer a member of nothing',
    file: 'packages/domain/src/caller.ts',
    find: 'return caller.groups.includes(key) || key',
    put: "return caller.groups.includes(key) || key === groupKey(caller.email ?? '') || key",
    tests: alone,
  },
  {
    rule: 'a buyer of one sees the own licenses',
    file: 'packages/domain/src/caller.ts',
    find: ' || key === personalGroup(caller.identity)',
    put: '',
    tests: alone,
  },
  {
    rule: "nobody opens the billing portal of another identity's customer",
    file: 'packages/checkout/src/portal/open-customer-portal.ts',
    find: 'return owners.some((owner) => isMember(caller, owner))',
    put: 'return owners.length > 0 || caller.groups.length < 0',
    tests: alone,
  },
  {
    rule: 'an answer with keys that drips is given up after three seconds',
    file: 'packages/http/src/jwks-keys.ts',
    find: 'const TIMEOUT_MS = 3000',
    put: 'const TIMEOUT_MS = 300_000',
    tests: ['packages/http/src/jwks-keys.integration.test.ts'],
  },
  {
    rule: 'a product takes no megabyte of JSON',
    file: 'services/api/src/max-admin-bytes.ts',
    find: 'MAX_ADMIN_BYTES = 256 * 1024',
    put: 'MAX_ADMIN_BYTES = 1024 * 1024',
    tests: ['services/api/test/contract/bad-bodies.test.ts'],
  },
  {
    rule: 'a webhook takes no more than a megabyte',
    file: 'packages/http/src/json-body.ts',
    find: 'export const MAX_WEBHOOK_BYTES = 1024 * 1024',
    put: 'export const MAX_WEBHOOK_BYTES = 16 * 1024 * 1024',
    tests: ['services/webhook-ingest/test/receiver.integration.test.ts'],
  },
  {
    rule: 'certificates and keys as MySQL makes them are taken',
    file: 'packages/config/src/pem.ts',
    find: "return text.replace(/\\0+\\s*$/, '')",
    put: 'return text',
    tests: ['packages/config/src/connection-leaves.test.ts'],
  },
]
