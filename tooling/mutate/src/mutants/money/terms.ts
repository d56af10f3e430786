import type { Mutant } from '../../mutant.ts'

const src = 'packages/terms/src'
const entitlement = { file: `${src}/entitlement-of.ts`, tests: [`${src}/entitlement-of.test.ts`] }
const metadata = { file: `${src}/purchase-metadata.ts`, tests: [`${src}/purchase-metadata.test.ts`] }
const key = { file: `${src}/issuance-key.ts`, tests: [`${src}/issuance-key.test.ts`] }
const seats = { file: `${src}/seats-of-price.ts`, tests: [`${src}/seats-of-price.test.ts`] }
const license = { file: `${src}/metadata-of-license.ts`, tests: [`${src}/metadata-of-license.test.ts`] }
const ourLine = { file: `${src}/our-line.ts`, tests: [`${src}/our-line.test.ts`] }
const units = { file: `${src}/paid-units.ts`, tests: [`${src}/paid-units.test.ts`] }
const session = { file: `${src}/units-of-session.ts`, tests: [`${src}/units-of-session.test.ts`] }

const drafted = ['packages/terms/src/license-draft.test.ts']

/** What a purchase means. */
export const termsMoney: readonly Mutant[] = [
  {
    rule: 'a purchase of our checkout that names no seats has no limit, whatever the product grants now',
    ...entitlement,
    find: ' || bought.license_mode !== undefined',
    put: '',
  },
  {
    rule: 'the seats of a bundle are those of its parts',
    ...entitlement,
    find: 'product.bundledProducts.length > 0 ? undefined : product.maxManagedProducts',
    put: 'product.maxManagedProducts',
  },
  {
    rule: 'a price that a license was sold on pays for the seats that were bought',
    ...entitlement,
    find: 'soldBefore.every(({ item }) => item.priceId !== line.priceId)',
    put: 'soldBefore.every(({ item }) => item.priceId !== undefined)',
  },
  {
    rule: 'a switch to another product takes no plan of the old one along',
    ...entitlement,
    find: 'plan: _plan, ',
    put: '',
  },
  {
    rule: 'the parts that were bought count, and not those of today',
    ...entitlement,
    find: 'metadata.bundle_parts ?? product?.bundledProducts.map(partOf)',
    put: 'product?.bundledProducts.map(partOf)',
  },
  {
    rule: 'no metadata is empty: Stripe reads that as an order to remove it',
    ...metadata,
    find: ".filter(([, value]) => value !== '')",
    put: '.filter(() => true)',
  },
  {
    rule: 'the seats that were bought are written down',
    ...metadata,
    find: "managed_products: purchase.seats === undefined ? '' : String(purchase.seats),",
    put: "managed_products: '',",
  },
  {
    rule: 'a purchase that names a reservation is ours, also where it cannot be read',
    ...metadata,
    find: 'if (metadata.reservation_id !== undefined) return false',
    put: '',
  },
  {
    rule: 'composition that cannot be read is no smaller bundle',
    ...metadata,
    find: 'if (parts !== undefined && !parts.success)',
    put: 'if (parts === null)',
  },
  {
    rule: 'each period of a subscription is a purchase of its own',
    ...key,
    find: '${subscriptionId}:${seconds}`',
    put: '${subscriptionId}`',
  },
  {
    rule: 'a period without a start brings no license',
    ...key,
    find: ' || seconds <= 0',
    put: '',
  },
  {
    rule: 'a flat tier pays for all seats up to its bound',
    ...seats,
    find: '- 1; seats > 0; seats -= 1)',
    put: '* 0 + 1; seats < 10_000; seats += 1)',
  },
  {
    rule: 'two units of a tier pay for twice its seats',
    ...seats,
    find: 'return seats * quantity',
    put: 'return seats',
  },
  {
    rule: 'a price that is the same for all seats says nothing of how many',
    ...seats,
    find: 'amountMinor <= 0 || priceOf(',
    put: 'amountMinor <= 0 && priceOf(',
  },
  {
    rule: 'a license tells the seats of one unit',
    ...license,
    find: 'Math.floor(license.seats / units)',
    put: 'license.seats',
  },
  {
    rule: 'a line is about the product of its price before anything else',
    ...ourLine,
    find: 'if (byPrice !== undefined) return byPrice',
    put: '',
  },
  {
    rule: "of several products under one of Stripe's a line is about the one that was bought",
    ...ourLine,
    find: '?.stripeProductId === stripeProductId) return',
    put: '?.stripeProductId === null) return',
  },
  {
    rule: 'all lines of the product are added up',
    ...units,
    find: 'const quantity = lines.reduce((sum, line) => sum + line.quantity, 0)',
    put: 'const { quantity } = line',
  },
  {
    rule: 'only lines of the product that was bought are added up',
    ...units,
    find: 'const bought = ofCatalog.filter(({ product }) => product?.id === boughtProduct?.id)',
    put: 'const bought = lines.filter(({ product }) => product === undefined || product.id === boughtProduct?.id)',
  },
  {
    rule: 'the quantity of the items of a session counts',
    ...session,
    find: 'quantity: quantity ?? 1',
    put: 'quantity: quantity === null ? 0 : 1',
  },
  {
    rule: 'what a session sells once is read from its lines',
    ...session,
    find: 'metadata: entitlementOf(bought, boughtProduct ?? units.product, units)',
    put: 'metadata: bought',
  },
  {
    rule: 'the period is that of our own line, wherever it stands',
    ...units,
    find: 'const bought = ofCatalog.filter(({ product }) => product?.id === boughtProduct?.id)',
    put: 'const bought = [...lines.slice(0, 1), ...ofCatalog.filter(({ product }) => product?.id === boughtProduct?.id)]',
  },
  {
    rule: 'bundles bring their parts times the quantity',
    ...entitlement,
    find: '[key, count * quantity, ...rest]',
    put: '[key, count, ...rest]',
  },
  {
    rule: 'seats are multiplied by the quantity',
    ...entitlement,
    find: '{ managed_products: metadata.managed_products * quantity }',
    put: '{ managed_products: metadata.managed_products }',
  },
  {
    rule: 'a switch to a tiered price brings the seats that it pays for',
    ...entitlement,
    find: 'const seats = seatsOfPrice(paidFor, line.unitAmountMinor, quantity)',
    put: 'const seats = seatsOf(paidFor) ?? quantity',
  },
  {
    rule: 'a tiered price that pays for nobody knows how many seats is parked',
    ...entitlement,
    find: 'if (seats === undefined) throw',
    put: 'if (seats === 0) throw',
  },
  {
    rule: 'an item put on counts wherever it stands beside the one taken off',
    ...units,
    find: 'const after = touched.flatMap(',
    put: 'const after = touched.slice(0, 1).flatMap(',
  },
  {
    rule: 'an invoice about several products that were not bought is parked',
    ...units,
    find: 'if (slugs.size > 1)',
    put: 'if (slugs.size > 9)',
  },
  {
    rule: 'several lines that are none of ours are parked',
    ...units,
    find: 'if (lines.length > 1)',
    put: 'if (lines.length > 9)',
  },
  {
    rule: 'an item that was switched to something that is no license is not read as ours',
    ...ourLine,
    find: 'return byProduct?.product ?? catalog.byStripeProduct(stripeProductId)',
    put: 'return byProduct?.product ?? (await catalog.byStripeProduct(stripeProductId)) ?? boughtProduct',
  },
  {
    rule: 'an item that was changed and then taken off within one invoice is gone',
    ...units,
    find: 'line: stays ? charge : undefined',
    put: 'line: charge',
  },
  {
    rule: 'of one item the later change counts, not the later line',
    ...units,
    find: 'lines.toReversed().toSorted((a, b) => b.period.start.getTime() - a.period.start.getTime())[0]',
    put: 'lines.toReversed()[0]',
  },
  {
    rule: 'a renewal over zero units brings nothing',
    ...units,
    find: 'const ofCatalog = lines.filter(({ product, quantity }) => product !== undefined && quantity > 0)',
    put: 'const ofCatalog = lines.filter(({ product }) => product !== undefined)',
  },
  {
    rule: 'a change to zero units brings nothing',
    ...units,
    find: 'line?.product !== undefined && line.quantity > 0 ? [line] : []',
    put: 'line?.product !== undefined ? [line] : []',
  },
  {
    rule: 'zero units of an inline price bring nothing',
    ...units,
    find: 'return added(lines.filter(({ quantity }) => quantity > 0).map((line) => ({ ...line, product: boughtProduct })))',
    put: 'return added(lines.map((line) => ({ ...line, product: boughtProduct })))',
  },
  {
    rule: 'a license remembers the items of a changed subscription that the change did not touch',
    ...units,
    find: 'const soldAs = [...after.map(itemOf), ...untouchedItems.map(({ item }) => item)]',
    put: 'const soldAs = after.map(itemOf)',
  },
  {
    rule: 'a line is known by the price that a license of its subscription was sold on',
    ...ourLine,
    find: 'item.priceId !== undefined && item.priceId === priceId',
    put: 'item.priceId === undefined && item.priceId === priceId',
  },
  {
    rule: 'a license has the plan that was bought',
    file: 'packages/terms/src/license-draft.ts',
    find: 'plan: metadata.plan ?? product.plan,',
    put: 'plan: product.plan,',
    tests: drafted,
  },
  {
    rule: 'a license lasts as long as it was sold for',
    file: 'packages/terms/src/license-draft.ts',
    find: 'metadata.term_days ?? product.termDurationDays',
    put: 'product.termDurationDays ?? metadata.term_days',
    tests: drafted,
  },
  {
    rule: 'a license without a term is for people to look at, and not over at once',
    file: 'packages/terms/src/license-draft.ts',
    find: "if (mode === 'one_off' && termDurationDays === undefined) throw unserved('the purchase has no term')",
    put: '',
    tests: drafted,
  },
  {
    rule: 'a bundle brings what it consisted of when it was bought',
    file: 'packages/terms/src/license-draft.ts',
    find: ')) ?? product.bundledProducts',
    put: ')).slice(0, 0) ?? product.bundledProducts',
    tests: drafted,
  },
]
