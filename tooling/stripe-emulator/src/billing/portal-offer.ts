import type { Emulation } from '../core/emulation.ts'
import { invalidRequest } from '../core/stripe-error.ts'
import type { PortalConfiguration, Price, Subscription, SubscriptionItem } from '../core/wire.ts'

/** What the portal lets a customer change about a subscription. */
export interface UpdateOffer {
  item: SubscriptionItem
  /** To choose from; the present one is always among them. */
  prices: Price[]
  /** `null` for a product whose quantity stays. */
  quantityOf(product: string): { minimum: number; maximum: number | null } | null
}

/** `null` where nothing can be changed: the feature is off, the subscription is over, or it has several items, which the portal never changes. */
export function updateOffer(
  { store }: Emulation,
  { features }: PortalConfiguration,
  subscription: Subscription,
): UpdateOffer | null {
  const { enabled, default_allowed_updates: allowed } = features.subscription_update
  const [item, ...others] = subscription.items.data
  if (!enabled || subscription.ended_at !== null || item === undefined || others.length > 0) return null
  const products = features.subscription_update.products ?? []
  const listed = new Set(products.flatMap(({ prices }) => prices))
  const fits = (price: Price) =>
    price.active &&
    price.recurring !== null &&
    price.currency === item.price.currency &&
    (products.length === 0 ? price.product === item.price.product && !store.inlinePrices.has(price.id) : listed.has(price.id))
  const choices = allowed.includes('price') ? store.prices.all().filter((price) => price.id !== item.price.id && fits(price)) : []
  const anything = { enabled: true, minimum: 1, maximum: null }
  const quantityOf: UpdateOffer['quantityOf'] = (product) => {
    if (!allowed.includes('quantity')) return null
    const entry = products.find((one) => one.product === product)
    const range = entry?.adjustable_quantity ?? (products.length === 0 ? anything : null)
    return range?.enabled === true ? { minimum: range.minimum, maximum: range.maximum } : null
  }
  const prices = [item.price, ...choices]
  return prices.length > 1 || quantityOf(item.price.product) !== null ? { item, prices, quantityOf } : null
}

/**
 * Whether this change is on offer.
 *
 * @param path  where a refusal says the mistake is
 * @throws StripeError 400 when it is not
 */
export function checkOffered(offer: UpdateOffer, priceId: string, quantity: number, path: string): void {
  const { item } = offer
  const price = offer.prices.find(({ id }) => id === priceId)
  const before = item.quantity ?? 1
  if (price === undefined)
    throw invalidRequest(`The price ${priceId} is not one the portal configuration offers.`, `${path}[price]`)
  if (price.id === item.price.id && quantity === before)
    throw invalidRequest('The subscription cannot be updated because there are no changes to confirm.', path)
  if (quantity === before) return
  const range = offer.quantityOf(price.product)
  if (range === null) throw invalidRequest('The quantity of this product cannot be changed.', `${path}[quantity]`)
  if (!Number.isInteger(quantity) || quantity < range.minimum || quantity > (range.maximum ?? Number.MAX_SAFE_INTEGER)) {
    const most = range.maximum === null ? '' : ` and at most ${range.maximum}`
    throw invalidRequest(`The quantity must be at least ${range.minimum}${most}.`, `${path}[quantity]`)
  }
}
