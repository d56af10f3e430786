import type { Mutant } from '../../mutant.ts'

const health = 'packages/http/src/health.ts'
const healthTests = ['packages/http/src/health.integration.test.ts']
const startApi = 'services/api/src/start-api.ts'
const apiTests = ['services/api/test/start-api.integration.test.ts']
const startIngest = 'services/webhook-ingest/src/start-ingest.ts'
const ingestTests = ['services/webhook-ingest/test/without-nats.integration.test.ts']
const stopTests = ['services/webhook-ingest/test/stop.integration.test.ts']
const serveTests = ['services/cli/test/operate.integration.test.ts']

export const readinessMutants: readonly Mutant[] = [
  {
    rule: 'what needs one of its dependencies is ready with one',
    file: health,
    find: "ready === 'all' ? up.every(Boolean) : up.some(Boolean)",
    put: 'up.every(Boolean)',
    tests: healthTests,
  },
  {
    rule: 'readiness answers as soon as one dependency of several is up',
    file: health,
    find: "await (ready === 'any' ? Promise.any(running).catch(() => settled) : settled)",
    put: 'await settled',
    tests: healthTests,
  },
  {
    rule: 'what needs all of its dependencies is not ready while one is away',
    file: health,
    find: "ready === 'all' ? up.every(Boolean) : up.some(Boolean)",
    put: 'up.some(Boolean)',
    tests: healthTests,
  },
  {
    rule: 'a process that is leaving is not ready',
    file: health,
    find: "if (draining?.aborted === true) return c.json({ status: 'stopping' }, 503)",
    put: '',
    tests: healthTests,
  },
  {
    rule: 'the receiver is ready with MySQL or NATS',
    file: 'services/webhook-ingest/src/receiver/create-receiver.ts',
    find: "ready: 'any'",
    put: "ready: 'all'",
    tests: ['services/webhook-ingest/test/receiver.integration.test.ts'],
  },
  {
    rule: 'the receiver looks at MySQL and at NATS',
    file: startIngest,
    find: 'nats: async () => ping(await connections.nats.ready(100), 1500),',
    put: '',
    tests: ingestTests,
  },
  {
    rule: 'the api is ready without NATS',
    file: startApi,
    find: 'checks: { mysql: () => database.ping() }',
    put: 'checks: { mysql: () => database.ping(), nats: async () => void (await link.ready(100)) }',
    tests: apiTests,
  },
  {
    rule: 'the api starts without NATS',
    file: startApi,
    find: 'const operatorLicense = await openOperatorLicense(',
    put: 'await link.ready(15_000)\n    const operatorLicense = await openOperatorLicense(',
    tests: apiTests,
  },
  {
    rule: 'NATS away is a metric of the api',
    file: startApi,
    find: 'addNatsMetric(metrics, link)\n',
    put: '\n',
    tests: apiTests,
  },
  {
    rule: 'the metric follows the connection to NATS',
    file: 'packages/http/src/nats-metric.ts',
    find: '(link.connected ? 1 : 0)',
    put: '(link.connected ? 1 : 1)',
    tests: ingestTests,
  },
  {
    rule: 'the receiver starts without NATS, and so does what runs beside it',
    file: startIngest,
    find: "await (roles.includes('receiver') ? connections.streamsSoon() : connections.streams())",
    put: 'await connections.streams()',
    tests: ingestTests,
  },
  {
    rule: 'NATS away is a metric of the receiver',
    file: startIngest,
    find: 'addNatsMetric(metrics, connections.nats)\n',
    put: '\n',
    tests: ingestTests,
  },
  {
    rule: 'readiness of the api says no as soon as it is told to stop',
    file: startApi,
    find: 'onDrain: () => draining.abort(),',
    put: 'onDrain: () => undefined,',
    tests: apiTests,
  },
  {
    rule: 'the api serves on for the configured time',
    file: startApi,
    find: 'drainDelayMs: drainMs, ',
    put: '',
    tests: apiTests,
  },
  {
    rule: 'a person who interrupts does not wait for the drain',
    file: 'packages/http/src/stop-on-signals.ts',
    find: "{ drain: signal === 'SIGTERM' }",
    put: '{ drain: true }',
    tests: apiTests,
  },
  {
    rule: 'an orchestrator that ends a process lets it drain',
    file: 'packages/http/src/stop-on-signals.ts',
    find: "{ drain: signal === 'SIGTERM' }",
    put: '{ drain: false }',
    tests: apiTests,
  },
  {
    rule: 'answers during the drain close their connections',
    file: 'packages/http/src/serve-gracefully.ts',
    find: "if (closing) response.setHeader('Connection', 'close')",
    put: '',
    tests: apiTests,
  },
  {
    rule: 'readiness of the receiver says no as soon as it is told to stop',
    file: startIngest,
    find: 'onDrain: () => draining.abort(),',
    put: '',
    tests: ingestTests,
  },
  {
    rule: 'the receiver serves on for the configured time',
    file: startIngest,
    find: 'drainMs: receives ? server.drainDelayMs : 0',
    put: 'drainMs: 0',
    tests: ingestTests,
  },
  {
    rule: 'workers leave without a drain',
    file: startIngest,
    find: 'drainMs: receives ? server.drainDelayMs : 0',
    put: 'drainMs: server.drainDelayMs',
    tests: stopTests,
  },
  {
    rule: 'a worker leaves behind what waits for a MySQL that hangs',
    file: 'services/webhook-ingest/src/start-work.ts',
    find: 'if (await finishedBy(work, signal, STOP_WORK_MS)) return',
    put: 'if ((await work) === undefined) return',
    tests: stopTests,
  },
  {
    rule: 'closing the pool does not wait for a MySQL that hangs',
    file: 'packages/db/src/open-database.ts',
    find: 'const CLOSE_MS = 1000',
    put: 'const CLOSE_MS = 60_000',
    tests: stopTests,
  },
  {
    rule: '`serve` starts without NATS',
    file: startIngest,
    find: "await (roles.includes('receiver') ? connections.streamsSoon() : connections.streams())",
    put: 'await connections.streams()',
    tests: serveTests,
  },
  {
    rule: '`serve` is ready as the api is, with MySQL alone',
    file: startApi,
    find: 'checks: { mysql: () => database.ping() },',
    put: '',
    tests: serveTests,
  },
  {
    rule: 'readiness of `serve` says no as soon as it is told to stop',
    file: startApi,
    find: 'onDrain: () => draining.abort(),',
    put: 'onDrain: () => undefined,',
    tests: serveTests,
  },
]
