import type { Product } from '@licenseoperator/catalog'
import type { licenses } from '@licenseoperator/db'
import { DomainError } from '@licenseoperator/domain'
import type { InvoiceLine } from '@licenseoperator/stripe'
import type { ReadLine } from './our-line.ts'

/** What an invoice pays for of one product of ours: all its lines together. */
export interface PaidUnits {
  /** Undefined for what was bought, under a price that names nothing of the catalog. */
  readonly product: Product | undefined
  readonly quantity: number
  readonly period: InvoiceLine['period']
  /** The line that tells the price. */
  readonly line: InvoiceLine
  readonly soldAs: readonly licenses.SoldItem[]
}

/**
 * The period that is paid for: all lines of the product that was bought added up, else all of the one other product of ours (a change of plan that
 * began with this period).
 *
 * @returns undefined when no line is about a license, or all are over zero units
 * @throws DomainError `invalid_payload` when lines of several other products of ours could be meant
 */
export function unitsOfPeriod(lines: readonly ReadLine[], boughtProduct: Product | undefined): PaidUnits | undefined {
  const ofCatalog = lines.filter(({ product, quantity }) => product !== undefined && quantity > 0)
  const bought = ofCatalog.filter(({ product }) => product?.id === boughtProduct?.id)
  const counted = bought.length > 0 ? bought : ofCatalog
  const slugs = new Set(counted.map(({ product }) => product?.slug))
  if (slugs.size > 1) throw inDoubt(`the invoice is about several products: ${[...slugs].join(', ')}`)
  return added(counted)
}

/**
 * The only line of these, where none names anything of ours: the inline price of a product that was not at Stripe when it was sold.
 *
 * @throws DomainError `invalid_payload` when several could be it
 */
export function onlyLine(lines: readonly ReadLine[], boughtProduct: Product | undefined): PaidUnits | undefined {
  if (lines.length > 1) throw inDoubt('none of several lines of the invoice names a product of the catalog')
  return added(lines.filter(({ quantity }) => quantity > 0).map((line) => ({ ...line, product: boughtProduct })))
}

/** What a change within a period leaves of the subscription, as far as it is ours. */
export type Changed =
  | { readonly to: 'nothing of ours was touched' }
  /** All of it was taken off or set to nothing, and credited. */
  | { readonly to: 'nothing'; readonly at: Date }
  | { readonly to: 'units'; readonly units: PaidUnits }

/** A license in force when the change happened, and on what it was sold. */
export interface InForce {
  readonly product: Product | undefined
  /** Undefined where it is not known. */
  readonly items: readonly licenses.SoldItem[] | undefined
}

/**
 * Reads prorations: of every item the last line that is no credit says what it is from then on; an item that was only credited is gone. Items that the
 * invoice does not mention are as they were.
 *
 * @param before  the license in force; undefined when none is known
 * @throws DomainError `invalid_payload` when another of our products stands beside the one that was bought: a license for it is for people to decide
 */
export function unitsAfterChange(
  lines: readonly ReadLine[],
  boughtProduct: Product | undefined,
  before: InForce | undefined,
): Changed {
  const touched = itemsOf(lines)
  if (touched.length === 0) return { to: 'nothing of ours was touched' }
  const after = touched.flatMap(({ line }) => (line?.product !== undefined && line.quantity > 0 ? [line] : []))
  const untouchedItems = untouched(lines, before)
  const products = new Map([...after, ...untouchedItems].map(({ product }) => [product?.id, product]))
  if (products.size > 1) {
    const kept = untouchedItems[0]?.product ?? boughtProduct
    const addedBeside = after.find(({ product }) => product?.id !== kept?.id)?.product
    throw inDoubt(`${addedBeside?.slug} was added to a subscription of ${kept?.slug}`)
  }
  const at = new Date(Math.max(...touched.map((item) => item.at.getTime())))
  if (products.size === 0) return { to: 'nothing', at }
  const rest = added(after) ?? restOf(lines, untouchedItems, at)
  if (rest === undefined) return { to: 'nothing', at }
  const soldAs = [...after.map(itemOf), ...untouchedItems.map(({ item }) => item)]
  const quantity = soldAs.reduce((sum, item) => sum + item.quantity, 0)
  return { to: 'units', units: { ...rest, quantity, soldAs } }
}

/** Whether the change took items of ours off or put some on: then what stood beside them counts too. */
export function changesItems(lines: readonly ReadLine[]): boolean {
  return itemsOf(lines).some(({ credited, line }) => !credited || line?.product === undefined || line.quantity === 0)
}

interface TouchedItem {
  readonly credited: boolean
  /** What the item is from then on; undefined when it is gone. */
  readonly line: ReadLine | undefined
  readonly at: Date
}

/** The items of ours that prorations are about: what they were or what they became is ours. */
function itemsOf(lines: readonly ReadLine[]): TouchedItem[] {
  const changes = lines.filter(({ kind }) => kind === 'change' || kind === 'credit')
  const byItem = new Map<string | undefined, ReadLine[]>()
  for (const line of changes) byItem.set(line.itemId, [...(byItem.get(line.itemId) ?? []), line])
  return [...byItem.values()].flatMap((all) => {
    if (all.every(({ product }) => product === undefined)) return []
    const charges = all.filter(({ kind }) => kind === 'change')
    const credits = all.filter(({ kind }) => kind === 'credit')
    const [charge, credit] = [latest(charges), latest(credits)]
    const chargedAt = charge?.period.start.getTime() ?? 0
    const creditedAt = credit?.period.start.getTime() ?? 0
    // Every change gives the old terms back and charges the new ones; what is gone is only given back.
    const stays = chargedAt > creditedAt || (chargedAt === creditedAt && charges.length >= credits.length)
    return [{ credited: credits.length > 0, line: stays ? charge : undefined, at: new Date(Math.max(chargedAt, creditedAt)) }]
  })
}

/** Of several at one instant the later line counts. */
function latest(lines: readonly ReadLine[]): ReadLine | undefined {
  return lines.toReversed().toSorted((a, b) => b.period.start.getTime() - a.period.start.getTime())[0]
}

function untouched(lines: readonly ReadLine[], before: InForce | undefined) {
  const mentioned = new Set(lines.map(({ itemId }) => itemId))
  const items = before?.items?.filter(({ itemId }) => itemId !== undefined && !mentioned.has(itemId)) ?? []
  return items.map((item) => ({ item, product: before?.product }))
}

/** Something was taken off, and what is left was not charged anew: it goes on until the end of what was credited. */
function restOf(lines: readonly ReadLine[], [first]: ReturnType<typeof untouched>, at: Date): PaidUnits | undefined {
  const line = latest(lines.filter(({ kind }) => kind === 'credit'))
  if (line === undefined || first === undefined) return undefined
  const { product, item } = first
  return { product, quantity: item.quantity, line, soldAs: [], period: { start: at, end: line.period.end } }
}

function added(lines: readonly ReadLine[]): PaidUnits | undefined {
  const line = latest(lines)
  if (line === undefined) return undefined
  const quantity = lines.reduce((sum, line) => sum + line.quantity, 0)
  return { product: line.product, quantity, period: line.period, line, soldAs: lines.map(itemOf) }
}

/** What is remembered of a line. */
export function itemOf({ itemId, priceId, stripeProductId, quantity }: InvoiceLine): licenses.SoldItem {
  return { itemId, priceId, stripeProductId, quantity }
}

export function inDoubt(reason: string): DomainError {
  return new DomainError('invalid_payload', `cannot issue: ${reason}`)
}
