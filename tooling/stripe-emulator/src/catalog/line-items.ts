import type Stripe from 'stripe'
import type { Emulation } from '../core/emulation.ts'
import { mergeMetadata } from '../core/metadata.ts'
import { invalidRequest, missingParameter, noSuchParameter } from '../core/stripe-error.ts'
import type { Coupon, LineItem, Price, Wire } from '../core/wire.ts'
import { amountOf, discountsOf } from './amounts.ts'
import { buildPrice } from './build-price.ts'
import { createInlineProduct } from './build-product.ts'

type LineItemCreate = Wire<Stripe.Checkout.SessionCreateParams.LineItem>

/** The session's lines with their prices resolved. @throws StripeError 400 for unknown, inactive or unfitting prices */
export function resolveLineItems(emulation: Emulation, items: readonly LineItemCreate[], mode: string): LineItem[] {
  const lines = items.map((item, index) => resolveLine(emulation, item, mode, `line_items[${index}]`))
  const currencies = new Set(lines.map((line) => line.currency))
  if (currencies.size > 1) throw invalidRequest('All prices on a Checkout Session must use the same currency.', 'line_items')
  if (mode === 'subscription' && lines.every((line) => line.price?.type !== 'recurring')) {
    throw invalidRequest('You must provide at least one recurring price in `subscription` mode when using prices.', 'line_items')
  }
  return lines
}

function resolveLine(emulation: Emulation, item: LineItemCreate, mode: string, path: string): LineItem {
  if ((item.price === undefined) === (item.price_data === undefined)) {
    if (item.price === undefined) throw missingParameter(`${path}[price]`)
    throw invalidRequest('You may only specify one of these parameters: price, price_data.', `${path}[price]`)
  }
  const price =
    item.price === undefined ? inlinePrice(emulation, item, path) : existingPrice(emulation, item.price, `${path}[price]`)
  if (price.type === 'recurring' && mode === 'payment') {
    throw invalidRequest(
      'You specified `payment` mode but passed a recurring price. Either switch to `subscription` mode or use only one-time prices.',
      path,
    )
  }
  const { quantity } = item
  if (quantity === undefined && price.recurring?.usage_type !== 'metered') throw missingParameter(`${path}[quantity]`)
  if (quantity !== undefined && quantity < 1) {
    throw invalidRequest('This value must be greater than or equal to 1.', `${path}[quantity]`, 'parameter_invalid_integer')
  }
  const amount = amountOf(price, emulation.store.priceTiers.get(price.id), quantity ?? 0)
  return {
    id: emulation.ids.next('li_'),
    object: 'item',
    adjustable_quantity: null,
    amount_discount: 0,
    amount_subtotal: amount,
    amount_tax: 0,
    amount_total: amount,
    currency: price.currency,
    description: emulation.store.products.get(price.product)?.name ?? null,
    metadata: mergeMetadata({}, item.metadata),
    price,
    quantity: quantity ?? null,
  }
}

/** The active price with this id. @param path  the parameter that named it */
export function existingPrice(emulation: Emulation, id: string, path: string): Price {
  const price = emulation.store.prices.get(id)
  if (price === undefined) throw noSuchParameter('price', id, path)
  if (!price.active && !emulation.store.inlinePrices.has(id)) {
    throw invalidRequest(`The price specified is inactive. This field only accepts active prices.`, path)
  }
  if (emulation.store.products.get(price.product)?.active === false) {
    throw invalidRequest(`The product ${price.product} of price ${id} is not active.`, path)
  }
  return price
}

function inlinePrice(emulation: Emulation, item: LineItemCreate, path: string): Price {
  const data = item.price_data
  if (data === undefined) throw missingParameter(`${path}[price_data]`)
  const at = `${path}[price_data]`
  if ((data.product === undefined) === (data.product_data === undefined)) throw missingParameter(`${at}[product]`)
  if (data.unit_amount === undefined && data.unit_amount_decimal === undefined) throw missingParameter(`${at}[unit_amount]`)
  if ((data.unit_amount ?? 0) < 0)
    throw invalidRequest('Invalid non-negative integer', `${at}[unit_amount]`, 'parameter_invalid_integer')
  if (data.product !== undefined && emulation.store.products.get(data.product) === undefined) {
    throw noSuchParameter('product', data.product, `${at}[product]`)
  }
  const product = data.product ?? (data.product_data && createInlineProduct(emulation, data.product_data).id) ?? ''
  const { product: _product, product_data: _data, ...amounts } = data
  const price = emulation.store.prices.add(buildPrice(emulation, { ...amounts, active: false }, product))
  emulation.store.inlinePrices.add(price.id)
  return price
}

/** Writes a coupon's discount into the lines (and takes an earlier one out). Tax is computed after it. */
export function applyCoupon(emulation: Emulation, lines: LineItem[], coupon: Coupon | undefined): void {
  const discounts = discountsOf(
    coupon,
    coupon && emulation.store.couponProducts.get(coupon.id),
    lines.map((line) => ({ amount: line.amount_subtotal, product: line.price?.product ?? '' })),
  )
  for (const [index, line] of lines.entries()) {
    line.amount_discount = discounts[index] ?? 0
    line.amount_tax = 0
    line.amount_total = line.amount_subtotal - line.amount_discount
  }
}
