import type { Mutant } from '../../mutant.ts'

const present = 'packages/billing/src/events/present-state.integration.test.ts'
const reconcile = 'packages/billing/src/reconcile'
const scheduled = 'services/webhook-ingest/test/scheduled-reconcile.integration.test.ts'

/** Replay and reconcile read what Stripe has now, leave alone what is under way, and ask nothing about what has not changed. */
export const presentState: readonly Mutant[] = [
  {
    rule: 'a replay reads what Stripe has now',
    file: 'packages/billing/src/events/process-again.ts',
    find: 'return processStored(deps, event, { present, deliveryCount: event.attempts + 1 })',
    put: 'return processStored(deps, event, { deliveryCount: event.attempts + (present === undefined ? 1 : 1) })',
    tests: [present],
  },
  {
    rule: 'the sweep that takes a replay over reads what Stripe has now',
    file: 'packages/billing/src/events/sweep-stored-events.ts',
    find: 'const afresh = stored.attempts > 0',
    put: 'const afresh = stored.attempts > 9',
    tests: [present],
  },
  {
    rule: 'reconcile reads what Stripe has now',
    file: `${reconcile}/unserved-purchases.ts`,
    find: 'const object = await presentOf(deps, missing.object, stripeEvent?.payload)',
    put: 'const object = missing.object',
    tests: [present],
  },
  {
    rule: 'of an invoice the metadata of its subscription counts as it is now',
    file: 'packages/billing/src/events/present-object.ts',
    find: 'if (!isOurs(metadata)) return invoice',
    put: 'if (isOurs(metadata)) return invoice',
    tests: [present],
  },
  {
    rule: 'a session that was mended itself counts before what it was paid with',
    file: 'packages/billing/src/events/present-object.ts',
    find: 'if (isOurs(sessionMetadata) && (eventMetadata === undefined || !isSame(sessionMetadata, eventMetadata))) return session',
    put: 'if (isOurs(sessionMetadata) && eventMetadata === undefined) return session',
    tests: [present],
  },
  {
    rule: 'metadata that is mended at the payment counts',
    file: 'packages/billing/src/events/present-object.ts',
    find: 'isOurs(behind) ? behind : isOurs(sessionMetadata) ? sessionMetadata : (eventMetadata ?? sessionMetadata)',
    put: 'isOurs(sessionMetadata) ? sessionMetadata : (eventMetadata ?? sessionMetadata)',
    tests: [present],
  },
  {
    rule: 'events under way are not fed by a scheduled reconcile',
    file: `${reconcile}/feed-missed-events.ts`,
    find: 'if (minAgeMs > 0 && event.created > leftAloneSince)',
    put: 'if (minAgeMs < 0 && event.created > leftAloneSince)',
    tests: [present],
  },
  {
    rule: 'sessions under way are not named by a scheduled reconcile',
    file: `${reconcile}/unserved-purchases.ts`,
    find: 'young.has(session.id) ? []',
    put: 'session.id === undefined ? []',
    tests: [present],
  },
  {
    rule: 'invoices under way are not named by a scheduled reconcile',
    file: `${reconcile}/unserved-purchases.ts`,
    find: 'if (young.has(invoice.id)) continue',
    put: '',
    tests: [present],
  },
  {
    rule: 'a license that was found free is not asked about again',
    file: `${reconcile}/unpaid-licenses.ts`,
    find: 'else if (!dryRun) await inTransaction(deps.db, (tx) => reconciliation.noteFree(tx, licenseId, deps.now()))',
    put: 'void inTransaction',
    tests: [present],
  },
  {
    rule: 'served purchases cost a reconcile no request',
    file: `${reconcile}/unserved-purchases.ts`,
    find: 'if (!walked.has(paidBy)) await check(',
    put: 'await check(',
    tests: [present],
  },
  {
    rule: 'what was parked beside what was served is settled by reconcile',
    file: `${reconcile}/close-served.ts`,
    find: 'if (event !== undefined && (await asksForNothing(deps, event)))',
    put: 'if (event === undefined)',
    tests: [present],
  },
  {
    rule: 'a scheduled reconcile keeps its distance from what is under way',
    file: 'services/webhook-ingest/src/processor/run-reconcile.ts',
    find: 'await reconcileOnce(deps, settings.windowMs, onAgree, signal, LEFT_ALONE_MS)',
    put: 'await reconcileOnce(deps, settings.windowMs, onAgree, signal, LEFT_ALONE_MS * 0)',
    tests: [scheduled],
  },
]
