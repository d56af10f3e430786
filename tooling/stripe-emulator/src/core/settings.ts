/** How webhooks are delivered. Given globally, or in a rule for some event types only. */
export interface DeliverySwitches {
  /** Copies sent at the same instant; default 1. */
  copies: number
  /** One more copy this long after the first was sent; `null` for none. */
  laterCopyMs: number | null
  /** Fixed wait before the first try, a random one between two bounds, or `until_released` by the control call. */
  delay: number | { minMs: number; maxMs: number } | 'until_released'
  /** Never delivered: found only through `GET /v1/events`. */
  drop: boolean
  badSignature: boolean
  /** The signature's timestamp lies this far back (more than 300 s is refused by the SDK). */
  signatureAgeSeconds: number
  /** Two `v1` signatures, a foreign one first, as while a secret is rolled. */
  twoSignatures: boolean
  /** The same change once more as an event with an id of its own, which `GET /v1/events` lists as well. */
  twoIds: boolean
  /** Sent only after a newer event about the same object was tried (or by `release`): an old snapshot comes last. */
  stale: boolean
  /** `truncated`: signed whole, cut on its way; a type or an API version that nobody knows. */
  payload: 'as_made' | 'truncated' | 'unknown_type' | 'wrong_version'
  /** The body is this much bigger. */
  padBytes: number
}

/** Switches for the events that match; the first `times` of them (default: all). */
export interface DeliveryRule extends Partial<DeliverySwitches> {
  /** Event type, `*` for any run of characters (`invoice.*`), or an event id. */
  match: string
  times?: number
}

export interface Settings {
  webhooks: DeliverySwitches & {
    /** Order of the events one change makes. */
    order: 'as_made' | 'reversed' | 'shuffled'
    shuffleSeed: string
    /** Event type that is sent only after all other events of the same change were tried; `null` for none. */
    holdBack: string | null
    /** `serial`: one at a time for each endpoint; `all_at_once`: every event of a change in parallel. */
    concurrency: 'serial' | 'all_at_once'
    timeoutMs: number
    /** Waits between tries, in emulator time. After the last one the event is given up, as Stripe does. */
    retryDelaysMs: number[]
    rules: DeliveryRule[]
  }
  checkout: {
    /** When the browser is sent to `success_url`; `never` is a customer who closed the tab. */
    redirect: 'after_webhooks' | 'before_webhooks' | 'never'
    /** A redirect waits no longer than this for the first tries. */
    redirectWaitMs: number
    /** A bank debit chosen on the page settles after this long; `null`: only by the control call `async`. */
    asyncSettleMs: number | null
    /** New customers of checkouts are put on this test clock, and what they buy is dated by it; `null`: on none. */
    testClock: string | null
    /** Shortest allowed `expires_at`, from now. Stripe: 30 minutes. */
    minExpirySeconds: number
  }
  subscriptions: {
    /** `incomplete`: created so, then `customer.subscription.updated` to active. */
    initialStatus: 'active' | 'incomplete'
    /** Whether an invoice over nothing also sends `invoice.payment_succeeded`. */
    zeroInvoiceSendsPaymentSucceeded: boolean
    /** Days after each failed try of a renewal until the next. */
    retryAfterDays: number[]
    /** What becomes of a subscription after the last try. */
    afterLastRetry: 'cancel' | 'unpaid' | 'past_due'
    /** Renewals with a card that asks for approval need it too, and nobody is there to give it. */
    offSessionAuthentication: boolean
    /** `invoice.upcoming` comes this many days before a period ends, if the period is longer; `null`: never. */
    upcomingDays: number | null
  }
  /** When a refund by one of the two cards with slow banks settles; `null`: only by the control call. */
  refunds: { settleMs: number | null }
  account: {
    /** `true` everywhere: what a program does that thinks it is live. Live keys are refused all the same. */
    livemode: boolean
    /** Routes that a key may use, as patterns; a key without an entry may use all: `{"rk_test_1": ["GET /v1/*"]}`. */
    restrictedKeys: Record<string, string[]>
  }
  /** What was made so many seconds ago or later is not found by a search. Stripe: up to a minute. */
  search: { delaySeconds: number }
  /** Percent of every automatic tax, wherever the customer is. */
  tax: { percent: number }
  /** Requests let through in a second of machine time, all together and for one route; `null`: any number. Stripe's sandbox: 25 and 25. */
  rateLimit: { perSecond: number | null; perRoutePerSecond: number | null }
}

/** Each call's value is the caller's own to change. */
export function defaultSettings(): Settings {
  return {
    webhooks: {
      copies: 1,
      laterCopyMs: null,
      delay: 0,
      drop: false,
      badSignature: false,
      signatureAgeSeconds: 0,
      twoSignatures: false,
      twoIds: false,
      stale: false,
      payload: 'as_made',
      padBytes: 0,
      order: 'as_made',
      shuffleSeed: 'seed',
      holdBack: null,
      concurrency: 'serial',
      timeoutMs: 10_000,
      retryDelaysMs: [1_000, 5_000, 30_000, 120_000, 600_000],
      rules: [],
    },
    checkout: {
      redirect: 'after_webhooks',
      redirectWaitMs: 10_000,
      asyncSettleMs: 3_000,
      testClock: null,
      minExpirySeconds: 30 * 60,
    },
    subscriptions: {
      initialStatus: 'active',
      zeroInvoiceSendsPaymentSucceeded: false,
      retryAfterDays: [3, 5, 7],
      afterLastRetry: 'cancel',
      offSessionAuthentication: false,
      upcomingDays: 7,
    },
    refunds: { settleMs: 3_000 },
    account: { livemode: false, restrictedKeys: {} },
    search: { delaySeconds: 0 },
    tax: { percent: 0 },
    rateLimit: { perSecond: null, perRoutePerSecond: null },
  }
}
