import type { Mutant } from '../../mutant.ts'

const rows = 'packages/db/src/notifications.ts'
const send = 'packages/mail/src/sending/send-message.ts'
const refusing = 'packages/mail/src/sending/refuses-us.ts'
const deliver = 'packages/mail/src/sending/deliver-next.ts'
const linked = 'packages/mail/src/link/find-linked-license.ts'
const claiming = ['packages/db/src/notifications.integration.test.ts']
const sending = ['packages/mail/src/sending/send-message.integration.test.ts']
const notifying = ['services/webhook-ingest/test/notifier.integration.test.ts']
const opening = ['services/api/test/contract/license-link.test.ts']

export const mailMutants: readonly Mutant[] = [
  {
    rule: 'mail: a try whose outcome nobody knows is counted when it is tried again',
    file: rows,
    find: "eb('maybe_twice', '+', unsure ? 1 : 0)",
    put: "eb('maybe_twice', '+', 0)",
    tests: claiming,
  },
  {
    rule: 'mail: whoever lost the lease changes nothing',
    file: rows,
    find: ".where('lease_owner', '=', owner)\n    .execute()\n}\n\n/** It will not be sent.",
    put: '.execute()\n}\n\n/** It will not be sent.',
    tests: claiming,
  },
  {
    rule: 'mail: an answer that was lost is no refusal',
    file: send,
    find: "if (sentAll) return { kind: 'unknown', reason }",
    put: '',
    tests: sending,
  },
  {
    rule: 'mail: a server that is leaving refuses no message',
    file: refusing,
    find: 'new Set([421, ',
    put: 'new Set([',
    tests: sending,
  },
  {
    rule: 'mail: a server that refuses our sender refuses no message',
    file: refusing,
    find: " || (command !== 'RCPT TO' && command !== 'DATA')",
    put: '',
    tests: sending,
  },
  {
    rule: 'mail: a server that has the message is waited for',
    file: send,
    find: "within(answerMs, 'the server had the message and did not answer')",
    put: '',
    tests: sending,
  },
  {
    rule: 'mail: no log names whom a server would not have',
    file: send,
    find: 'withoutAddresses(outcomeOf(error, ready, sentAll), envelope.to)',
    put: 'outcomeOf(error, ready, sentAll)',
    tests: sending,
  },
  {
    rule: 'mail: a stop ends what the server has not all of, and nothing else',
    file: send,
    find: 'if (sentAll) within(Math.min',
    put: 'if (false) within(Math.min',
    tests: sending,
  },
  {
    rule: 'mail: the third unknown outcome is the last',
    file: deliver,
    find: "if (outcome.kind === 'unknown' && claimed.maybeTwice + 1 >= MOST_UNKNOWN)",
    put: 'if (false)',
    tests: notifying,
  },
  {
    rule: 'mail: a stop waits for the answer that is underway',
    file: 'services/webhook-ingest/src/start-work.ts',
    find: 'if (mailsUnderway.size > 0 && (await finishedBy(work, signal, STOP_MAIL_MS))) return',
    put: '',
    tests: notifying,
  },
  {
    rule: 'mail: a header takes no line break',
    file: 'packages/mail/src/sending/compose-message.ts',
    find: 'if (refusal !== undefined) throw new UnsafeHeader(refusal)',
    put: '',
    tests: sending,
  },
  {
    rule: 'mail: a revoked link opens nothing',
    file: linked,
    find: 'link.issuedAt <= revokedAt',
    put: 'link.issuedAt > revokedAt',
    tests: opening,
  },
  {
    rule: 'mail: a link that is over opens nothing',
    file: 'packages/mail/src/link/license-link.ts',
    find: '|| now >= expiresAt',
    put: '',
    tests: opening,
  },
]
