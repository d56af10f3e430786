import { startMaintenanceCheckout } from '@licenseoperator/checkout'
import { licenses } from '@licenseoperator/db'
import { type Caller, silentLog } from '@licenseoperator/domain'
import type { Shop } from './a-shop.ts'
import type { Kind } from './kinds.ts'

/** A purchase whose later life is told: `live` hands the processor what Stripe said since. */
export interface Bought {
  readonly shop: Shop
  readonly kind: Kind
  readonly sessionId: string
  live(): Promise<void>
}

/** What happens after a purchase, and what its licenses are then: why each purchase, period or change is revoked, oldest first. */
export interface Fate {
  readonly name: string
  readonly of: (kind: Kind) => boolean
  readonly happens: (bought: Bought) => Promise<void>
  readonly revoked: readonly (string | null)[]
}

const ada: Caller = { identity: 'ada', email: 'ada@acme.example', roles: [], groups: ['acme'], scopes: undefined }
const any = () => true
const subscribed = (kind: Kind) => kind.paid === 'periods'

async function subscriptionOf({ shop, sessionId }: Bought) {
  const { subscription } = await shop.deps.stripe.checkout.sessions.retrieve(sessionId)
  return shop.deps.stripe.subscriptions.retrieve(String(subscription))
}

/** The charge of the newest payment: what a refund or dispute is about. Something is paid first where nothing was. */
async function newestCharge(bought: Bought): Promise<string> {
  const { shop, kind } = bought
  if (kind.startsFree === true) await renew(bought)
  const { data } = await shop.deps.stripe.charges.list({ limit: 1 })
  return data[0]?.id ?? ''
}

async function renew(bought: Bought): Promise<void> {
  const { id, items } = await subscriptionOf(bought)
  const { control } = bought.shop.emulator
  await control.clock({ freezeAt: Math.max(...items.data.map((item) => item.current_period_end)) })
  await control.renew(id)
  await bought.live()
}

/** Can be saved, and every charge of it fails. */
const BAD_CARD = '4000000000000341'
const GOOD_CARD = '4242424242424242'
const DAY = 24 * 3600

async function renewWithBadCard(bought: Bought): Promise<void> {
  await bought.shop.emulator.control.setCard((await subscriptionOf(bought)).id, BAD_CARD)
  await renew(bought)
}

async function laterInPeriod({ shop }: Bought, days: number): Promise<void> {
  const { control } = shop.emulator
  await control.clock({ freezeAt: (await control.clock()).now + days * 24 * 3600 })
}

async function change(bought: Bought, to: { quantity: number } | { slug: string }): Promise<void> {
  const { stripe } = bought.shop.deps
  await laterInPeriod(bought, 5)
  const { id, items } = await subscriptionOf(bought)
  const terms = 'quantity' in to ? to : { price: (await stripe.prices.list({ lookup_keys: [to.slug] })).data[0]?.id ?? '' }
  await stripe.subscriptions.update(id, {
    items: [{ id: items.data[0]?.id ?? '', ...terms }],
    proration_behavior: 'always_invoice',
  })
  await bought.live()
}

async function payMaintenance(bought: Bought): Promise<string> {
  const { shop } = bought
  const row = await shop.database.db.selectFrom('licenses').select('license_id').executeTakeFirstOrThrow()
  const license = await licenses.findById(shop.database.db, row.license_id)
  await startMaintenanceCheckout(
    {
      db: shop.database.db,
      stripe: shop.deps.stripe,
      requiredScopes: {},
      urls: { rootAppUrl: 'https://shop.example', successBaseUrl: undefined, frontendBasePath: '' },
      automaticTax: false,
      priceLookupKey: 'maintenance',
      log: silentLog,
    },
    ada,
    { licenseId: license?.licenseId ?? '', groupName: 'acme' },
  )
  const { data } = await shop.deps.stripe.checkout.sessions.list({ limit: 1 })
  await shop.emulator.control.completeCheckout(data[0]?.id ?? '')
  await bought.live()
  return data[0]?.id ?? ''
}

/** Money fates of a purchase that starts free happen to its first renewal. */
const money: readonly Omit<Fate, 'of'>[] = [
  { name: 'nothing', happens: async (bought) => void (await newestCharge(bought)), revoked: [null] },
  {
    name: 'refunded in full',
    happens: async (bought) => {
      await bought.shop.emulator.control.refund(await newestCharge(bought))
    },
    revoked: ['refunded'],
  },
  {
    name: 'refunded in part',
    happens: async (bought) => {
      await bought.shop.emulator.control.refund(await newestCharge(bought), { amount: 100 })
    },
    revoked: [null],
  },
  {
    name: 'refunded in two parts',
    happens: async (bought) => {
      const charge = await newestCharge(bought)
      await bought.shop.emulator.control.refund(charge, { amount: 100 })
      await bought.live()
      await bought.shop.emulator.control.refund(charge)
    },
    revoked: ['refunded'],
  },
  {
    name: 'refunded, and the refund fails',
    happens: async (bought) => {
      const { id } = await bought.shop.emulator.control.refund(await newestCharge(bought))
      await bought.live()
      await bought.shop.emulator.control.failRefund(id)
    },
    revoked: [null],
  },
  {
    name: 'inquired about',
    happens: async (bought) => {
      const { id } = await bought.shop.emulator.control.dispute(await newestCharge(bought), { inquiry: true })
      await bought.live()
      await bought.shop.emulator.control.closeDispute(id, 'lost')
    },
    revoked: [null],
  },
  {
    name: 'disputed',
    happens: async (bought) => void (await bought.shop.emulator.control.dispute(await newestCharge(bought))),
    revoked: [null],
  },
  ...(['won', 'lost'] as const).map((outcome) => ({
    name: `disputed and ${outcome}`,
    happens: async (bought: Bought) => {
      const { id } = await bought.shop.emulator.control.dispute(await newestCharge(bought))
      await bought.live()
      await bought.shop.emulator.control.closeDispute(id, outcome)
    },
    revoked: [outcome === 'lost' ? 'dispute_lost' : null],
  })),
]

export const fates: readonly Fate[] = [
  ...money.map((fate) => ({ ...fate, of: any })),
  {
    name: 'renewed three times',
    of: subscribed,
    happens: async (bought) => {
      for (let period = 1; period <= 3; period += 1) await renew(bought)
    },
    revoked: [null, null, null, null],
  },
  {
    name: 'refunded, and renewed all the same',
    of: (kind) => subscribed(kind) && kind.startsFree !== true,
    happens: async (bought) => {
      await bought.shop.emulator.control.refund(await newestCharge(bought))
      await bought.live()
      await renew(bought)
    },
    revoked: ['refunded', null],
  },
  {
    name: 'renewed, and only the renewal disputed and lost',
    of: subscribed,
    happens: async (bought) => {
      await renew(bought)
      const { data } = await bought.shop.deps.stripe.charges.list({ limit: 1 })
      const { id } = await bought.shop.emulator.control.dispute(data[0]?.id ?? '')
      await bought.live()
      await bought.shop.emulator.control.closeDispute(id, 'lost')
    },
    revoked: [null, 'dispute_lost'],
  },
  {
    name: 'twice the seats',
    of: (kind) => subscribed(kind) && kind.startsFree !== true,
    happens: (bought) => change(bought, { quantity: 2 }),
    revoked: ['superseded', null],
  },
  {
    name: 'a smaller plan, renewed',
    of: (kind) => subscribed(kind) && kind.startsFree !== true,
    happens: async (bought) => {
      await change(bought, { slug: 'small' })
      await renew(bought)
    },
    revoked: ['superseded', null, null],
  },
  {
    name: 'more seats, then fewer again',
    of: (kind) => subscribed(kind) && kind.startsFree !== true,
    happens: async (bought) => {
      await change(bought, { quantity: 3 })
      await change(bought, { quantity: 1 })
    },
    revoked: ['superseded', 'superseded', null],
  },
  {
    name: 'more seats, and that refunded',
    of: (kind) => subscribed(kind) && kind.startsFree !== true,
    happens: async (bought) => {
      await change(bought, { quantity: 3 })
      const { data } = await bought.shop.deps.stripe.charges.list({ limit: 1 })
      await bought.shop.emulator.control.refund(data[0]?.id ?? '')
    },
    revoked: [null, 'refunded'],
  },
  {
    name: 'more seats, and the purchase refunded',
    of: (kind) => subscribed(kind) && kind.startsFree !== true,
    happens: async (bought) => {
      const charge = await newestCharge(bought)
      await change(bought, { quantity: 3 })
      await bought.shop.emulator.control.refund(charge)
    },
    revoked: ['refunded', 'refunded'],
  },
  {
    name: 'a renewal that fails, and is paid three days later',
    of: subscribed,
    happens: async (bought) => {
      await renewWithBadCard(bought)
      await bought.shop.emulator.control.setCard((await subscriptionOf(bought)).id, GOOD_CARD)
      await bought.shop.emulator.control.advance(4 * DAY)
    },
    revoked: [null, null],
  },
  {
    name: 'a renewal that fails for good',
    of: subscribed,
    happens: async (bought) => {
      await renewWithBadCard(bought)
      await bought.shop.emulator.control.advance(20 * DAY)
    },
    revoked: [null],
  },
  {
    name: 'canceled at once',
    of: subscribed,
    happens: async (bought) => {
      await laterInPeriod(bought, 5)
      await bought.shop.deps.stripe.subscriptions.cancel((await subscriptionOf(bought)).id)
    },
    revoked: ['canceled'],
  },
  {
    name: 'canceled at the end of the period',
    of: subscribed,
    happens: async (bought) => {
      await bought.shop.deps.stripe.subscriptions.update((await subscriptionOf(bought)).id, { cancel_at_period_end: true })
      await bought.live()
      await renew(bought)
    },
    revoked: [null],
  },
  {
    name: 'a cancellation taken back',
    of: subscribed,
    happens: async (bought) => {
      const { id } = await subscriptionOf(bought)
      await bought.shop.deps.stripe.subscriptions.update(id, { cancel_at_period_end: true })
      await bought.live()
      await bought.shop.deps.stripe.subscriptions.update(id, { cancel_at_period_end: false })
      await bought.live()
      await renew(bought)
    },
    revoked: [null, null],
  },
  {
    name: 'changed, canceled at once, disputed and won',
    of: (kind) => subscribed(kind) && kind.startsFree !== true,
    happens: async (bought) => {
      const charge = await newestCharge(bought)
      await change(bought, { quantity: 2 })
      await bought.shop.deps.stripe.subscriptions.cancel((await subscriptionOf(bought)).id)
      const { id } = await bought.shop.emulator.control.dispute(charge)
      await bought.live()
      await bought.shop.emulator.control.closeDispute(id, 'won')
    },
    revoked: ['canceled', 'canceled'],
  },
  {
    name: 'maintained for two more years',
    of: (kind) => kind.paid === 'maintained',
    happens: async (bought) => {
      await payMaintenance(bought)
      await payMaintenance(bought)
    },
    revoked: [null],
  },
  {
    name: 'maintained, and that refunded',
    of: (kind) => kind.paid === 'maintained',
    happens: async (bought) => {
      const session = await payMaintenance(bought)
      const { payment_intent: intent } = await bought.shop.deps.stripe.checkout.sessions.retrieve(session)
      await bought.shop.emulator.control.refund(String(intent))
    },
    revoked: [null],
  },
  {
    name: 'refunded after a year of maintenance was paid',
    of: (kind) => kind.paid === 'maintained',
    happens: async (bought) => {
      const charge = await newestCharge(bought)
      await payMaintenance(bought)
      await bought.shop.emulator.control.refund(charge)
    },
    revoked: ['refunded'],
  },
  {
    name: 'its maintenance renewed twice',
    of: (kind) => kind.paid === 'maintained by subscription',
    happens: async (bought) => {
      await renew(bought)
      await renew(bought)
    },
    revoked: [null],
  },
  {
    name: 'its maintenance renewed, and that refunded',
    of: (kind) => kind.paid === 'maintained by subscription',
    happens: async (bought) => {
      await renew(bought)
      const { data } = await bought.shop.deps.stripe.charges.list({ limit: 1 })
      await bought.shop.emulator.control.refund(data[0]?.id ?? '')
    },
    revoked: [null],
  },
  {
    name: 'its maintenance canceled at once',
    of: (kind) => kind.paid === 'maintained by subscription',
    happens: async (bought) => {
      await bought.shop.deps.stripe.subscriptions.cancel((await subscriptionOf(bought)).id)
    },
    revoked: [null],
  },
]
