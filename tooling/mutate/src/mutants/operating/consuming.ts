import type { Mutant } from '../../mutant.ts'

const ensure = 'packages/events/src/ensure-consumer.ts'
const consume = 'packages/events/src/consume.ts'
const index = 'packages/events/src/message-index.ts'
const consuming = ['packages/events/src/consume.integration.test.ts']
const ensuring = ['packages/events/src/ensure-consumer.integration.test.ts']
const indexing = ['packages/events/src/message-index.integration.test.ts']

export const consumingMutants: readonly Mutant[] = [
  {
    rule: 'a durable that exists with other options is brought to ours',
    file: ensure,
    find: 'new Set([10013, 10105, 10148])',
    put: 'new Set<number>()',
    tests: consuming,
  },
  {
    rule: 'a durable that cannot be used is refused in a line that says why and what to do',
    file: ensure,
    find: 'if (config.ack_policy !== AckPolicy.Explicit)',
    put: 'if (config.ack_policy === undefined)',
    tests: consuming,
  },
  {
    rule: 'what lasts until somebody acts is said once',
    file: consume,
    find: 'else if (reason !== said) log.error',
    put: 'else log.error',
    tests: consuming,
  },
  {
    rule: 'messages that wait for their turn keep their ack alive',
    file: consume,
    find: `work.held.add(message)
        work.waiting.push(message)`,
    put: 'work.waiting.push(message)',
    tests: consuming,
  },
  {
    rule: 'a message that is being handled keeps its ack alive',
    file: 'packages/events/src/held-messages.ts',
    find: 'for (const message of this.#held) quietly(() => message.working())',
    put: '',
    tests: consuming,
  },
  {
    rule: 'the sign of life comes more often than the ack wait',
    file: consume,
    find: 'Math.min(HEARTBEAT_MS, ackWaitMs / 3)',
    put: 'HEARTBEAT_MS',
    tests: consuming,
  },
  {
    rule: 'no more messages are held than allowed',
    file: consume,
    find: 'const room = most - work.held.size',
    put: 'const room = most',
    tests: consuming,
  },
  {
    rule: 'a message that is done gives its place back',
    file: consume,
    find: `held.delete(message)
      inFlight.delete(handling)`,
    put: 'inFlight.delete(handling)',
    tests: consuming,
  },
  {
    rule: 'what was held and not begun goes to another consumer at once',
    file: consume,
    find: 'giveBack(message)\n',
    put: '\n',
    tests: consuming,
  },
  {
    rule: 'those who ask the message index at the same time share one look',
    file: index,
    find: 'if (this.#planned !== undefined) {',
    put: 'if (this.#planned !== undefined && since < 0) {',
    tests: indexing,
  },
  {
    rule: 'the message index reads each message once',
    file: index,
    find: 'this.#since ??= since\n',
    put: '\n',
    tests: indexing,
  },
  {
    rule: 'a question about an earlier time makes the message index read from there',
    file: index,
    find: 'if (created === this.#created && (this.#since ?? Number.POSITIVE_INFINITY) <= since) return',
    put: 'if (created === this.#created) return',
    tests: indexing,
  },
  {
    rule: 'a stream that was made anew is another one to the message index',
    file: index,
    find: 'if (created === this.#created && (',
    put: 'if ((',
    tests: indexing,
  },
  {
    rule: 'a look that failed does not spoil the next',
    file: index,
    find: 'const before = this.#running.catch(() => undefined)',
    put: 'const before = this.#running',
    tests: indexing,
  },
  {
    rule: 'a durable that pushes its messages is refused in a line that says so',
    file: ensure,
    find: "if (config.deliver_subject !== undefined) return 'it pushes its messages'",
    put: '',
    tests: ensuring,
  },
  {
    rule: 'a durable with a backoff of its own waits as long as ours does',
    file: ensure,
    find: ', backoff: [] }',
    put: ' }',
    tests: ensuring,
  },
  {
    rule: 'what JetStream refuses to change is a conflict with its reason',
    file: ensure,
    find: 'throw new ConsumerConflict(inTheWay(stream, durable, error.api_error.description), { cause: error })',
    put: 'throw error',
    tests: ensuring,
  },
  {
    rule: 'a work queue is read once by the message index',
    file: index,
    find: 'let sequence = Math.max(this.#next, firstSequence, 1)',
    put: 'let sequence = Math.max(firstSequence, 1)',
    tests: indexing,
  },
  {
    rule: 'a relay keeps its index of what was published',
    file: 'services/webhook-ingest/src/relay/published-before.ts',
    find: 'index ??= new MessageIndex({ stream, subject })',
    put: 'index = new MessageIndex({ stream, subject })',
    tests: ['services/webhook-ingest/test/relay.integration.test.ts'],
  },
]
