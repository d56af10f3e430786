import type { DeliveryRule, DeliverySwitches, Settings } from './settings.ts'

type Check = (value: unknown) => boolean

const isBoolean: Check = (value) => typeof value === 'boolean'
const isText: Check = (value) => typeof value === 'string'
const isWhole: Check = (value) => Number.isSafeInteger(value)
const atLeast =
  (least: number): Check =>
  (value) =>
    isWhole(value) && Number(value) >= least
const oneOf =
  (...values: string[]): Check =>
  (value) =>
    values.includes(String(value))
const orNull =
  (check: Check): Check =>
  (value) =>
    value === null || check(value)
const listOf =
  (check: Check): Check =>
  (value) =>
    Array.isArray(value) && value.every(check)

const isDelay: Check = (value) =>
  value === 'until_released' || atLeast(0)(value) || (isRecord(value) && atLeast(0)(value.minMs) && atLeast(0)(value.maxMs))

const deliveryChecks = {
  copies: atLeast(1),
  laterCopyMs: orNull(atLeast(0)),
  delay: isDelay,
  drop: isBoolean,
  badSignature: isBoolean,
  signatureAgeSeconds: isWhole, // negative: a timestamp in the future
  twoSignatures: isBoolean,
  twoIds: isBoolean,
  stale: isBoolean,
  payload: oneOf('as_made', 'truncated', 'unknown_type', 'wrong_version'),
  padBytes: atLeast(0),
} satisfies Record<keyof DeliverySwitches, Check>

const ruleChecks: Record<string, Check> = { ...deliveryChecks, match: isText, times: atLeast(1) } satisfies Record<
  keyof DeliveryRule,
  Check
>

const isRule: Check = (value) =>
  isRecord(value) &&
  typeof value.match === 'string' &&
  Object.entries(value).every(([name, entry]) => ruleChecks[name]?.(entry) === true)

const checks: Record<string, Record<string, Check>> = {
  webhooks: {
    ...deliveryChecks,
    order: oneOf('as_made', 'reversed', 'shuffled'),
    shuffleSeed: isText,
    holdBack: orNull(isText),
    concurrency: oneOf('serial', 'all_at_once'),
    timeoutMs: atLeast(1),
    retryDelaysMs: listOf(atLeast(0)),
    rules: listOf(isRule),
  },
  checkout: {
    redirect: oneOf('after_webhooks', 'before_webhooks', 'never'),
    redirectWaitMs: atLeast(0),
    asyncSettleMs: orNull(atLeast(0)),
    testClock: orNull(isText),
    minExpirySeconds: atLeast(0),
  },
  subscriptions: {
    initialStatus: oneOf('active', 'incomplete'),
    zeroInvoiceSendsPaymentSucceeded: isBoolean,
    retryAfterDays: listOf(atLeast(1)),
    afterLastRetry: oneOf('cancel', 'unpaid', 'past_due'),
    offSessionAuthentication: isBoolean,
    upcomingDays: orNull(atLeast(1)),
  },
  refunds: { settleMs: orNull(atLeast(0)) },
  account: {
    livemode: isBoolean,
    restrictedKeys: (value) => isRecord(value) && Object.values(value).every(listOf(isText)),
  },
  search: { delaySeconds: atLeast(0) },
  tax: { percent: (value) => typeof value === 'number' && value >= 0 && value <= 100 },
  rateLimit: { perSecond: orNull(atLeast(1)), perRoutePerSecond: orNull(atLeast(1)) },
} satisfies { [Group in keyof Settings]: Record<keyof Settings[Group], Check> }

/** Refuses what no switch understands: a typo would test something else without a word. @throws Error naming the switch */
export function checkSettings(patch: object): void {
  for (const [group, change] of Object.entries(patch)) {
    const switches = checks[group]
    if (switches === undefined) throw new Error(`unknown settings group: ${group}`)
    if (!isRecord(change)) throw new Error(`invalid settings group: ${group}`)
    for (const [name, value] of Object.entries(change)) {
      const check = switches[name]
      if (check === undefined) throw new Error(`unknown setting: ${group}.${name}`)
      if (!check(value)) throw new Error(`invalid setting: ${group}.${name}: ${JSON.stringify(value)}`)
    }
  }
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
