import type { Mutant } from '../../mutant.ts'

const connections = ['packages/http/src/connections.integration.test.ts']
const wire = ['packages/http/src/serve-gracefully.integration.test.ts']
const bodies = ['packages/http/src/json-body.test.ts']

/** What one connection, or one address, can cost. */
export const sockets: readonly Mutant[] = [
  {
    rule: 'requests of one connection are answered one after another',
    file: 'packages/http/src/in-turn.ts',
    find: 'if (!line.busy && line.dropped === 0) run(line, request, response)',
    put: 'if (line.dropped === 0) run(line, request, response)',
    tests: connections,
  },
  {
    rule: 'of pipelined requests beyond seventeen none is looked at',
    file: 'packages/http/src/in-turn.ts',
    find: 'const MAX_WAITING = 16',
    put: 'const MAX_WAITING = 1000',
    tests: connections,
  },
  {
    rule: 'the last answer of a connection that sent too many requests closes it',
    file: 'packages/http/src/in-turn.ts',
    find: "response.setHeader('Connection', 'close')",
    put: "response.setHeader('X-Closes', 'no')",
    tests: connections,
  },
  {
    rule: 'an answer that nobody takes is cut',
    file: 'packages/http/src/serve-gracefully.ts',
    find: 'server.timeout = options.stuckMs ?? STUCK_MS',
    put: 'server.timeout = 0',
    tests: connections,
  },
  {
    rule: 'a header block has a size limit',
    file: 'packages/http/src/serve-gracefully.ts',
    find: 'maxHeaderSize: 16 * 1024',
    put: 'maxHeaderSize: 64 * 1024',
    tests: wire,
  },
  {
    rule: 'a header block has to come within ten seconds',
    file: 'packages/http/src/serve-gracefully.ts',
    find: 'headersTimeout: 10_000',
    put: 'headersTimeout: 0',
    tests: ['packages/http/src/slow-senders.integration.test.ts'],
  },
  {
    rule: 'a whole request has to come within twenty seconds',
    file: 'packages/http/src/serve-gracefully.ts',
    find: 'requestTimeout: 20_000',
    put: 'requestTimeout: 0',
    tests: ['packages/http/src/slow-senders.integration.test.ts'],
  },
  {
    rule: 'a JSON body is 64 KiB at most',
    file: 'packages/http/src/json-body.ts',
    find: 'export const MAX_JSON_BYTES = 64 * 1024',
    put: 'export const MAX_JSON_BYTES = 1024 * 1024',
    tests: bodies,
  },
  {
    rule: 'the limit holds for a body whose length is not declared',
    file: 'packages/http/src/json-body.ts',
    find: '  if (size > maxBytes) throw tooLarge()\n  return',
    put: '  return',
    tests: wire,
  },
  {
    rule: 'a checkout takes no megabyte of JSON',
    file: 'services/api/src/routes/create-checkout-session.ts',
    find: 'requireCaller, jsonBodyLimits()]',
    put: 'requireCaller, jsonBodyLimits({ maxBytes: 1024 * 1024 })]',
    tests: ['services/api/test/contract/bad-bodies.test.ts'],
  },
  {
    rule: 'one address has so many connections and no more',
    file: 'packages/http/src/bound-connections.ts',
    find: 'sockets.size >= bounds.perAddress &&',
    put: 'sockets.size > 10 * bounds.perAddress &&',
    tests: connections,
  },
  {
    rule: 'a flood of idle sockets of one address does not shut out another',
    file: 'packages/http/src/bound-connections.ts',
    find: 'total >= bounds.total && !closeIdle(mostFirst())',
    put: 'total >= bounds.total',
    tests: connections,
  },
  {
    rule: 'a connection at work never makes way',
    file: 'packages/http/src/bound-connections.ts',
    find: 'if (socket.destroyed || !isIdle(socket)) continue',
    put: 'if (socket.destroyed) continue',
    tests: connections,
  },
  {
    rule: 'the connections of a configured proxy have no limit of their own',
    file: 'packages/http/src/bound-connections.ts',
    find: 'bounds.perAddress > 0 && !isProxy(address)',
    put: 'bounds.perAddress > 0',
    tests: connections,
  },
  {
    rule: 'metrics and readiness leave the public port where admin_addr is set',
    file: 'packages/http/src/operations.ts',
    find: '  if (elsewhere) {',
    put: '  if (elsewhere && Date.now() < 0) {',
    tests: connections,
  },
  {
    rule: 'encoded dot segments do not lead from under a prefix to what operators ask',
    file: 'packages/http/src/plain-target.ts',
    find: "isDots(segment.replaceAll(/%2e/gi, '.'))",
    put: 'isDots(segment)',
    tests: connections,
  },
  {
    rule: 'backslashes do not lead there either',
    file: 'packages/http/src/plain-target.ts',
    find: "  if (path.includes('\\\\')) return false\n",
    put: '',
    tests: connections,
  },
  {
    rule: 'plain dot segments do not lead there either',
    file: 'packages/http/src/plain-target.ts',
    find: 'return !segments.some(isDots) ||',
    put: 'return true ||',
    tests: connections,
  },
  {
    rule: 'the listener of the API has the configured bound of connections of one address',
    file: 'services/api/src/start-api.ts',
    find: 'return { drainMs, connectionsPerAddress, trustedProxies }',
    put: 'return { drainMs, trustedProxies, ...(connectionsPerAddress < 0 ? { connectionsPerAddress } : {}) }',
    tests: ['services/api/test/start-api.integration.test.ts'],
  },
]
