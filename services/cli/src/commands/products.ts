import { productBody } from '@licenseoperator/api-schemas'
import { ProductRequest, requestOfProduct } from '@licenseoperator/catalog'
import { type AdminProduct, createProduct, findAdminProduct, listProducts, updateProduct } from '@licenseoperator/catalog-admin'
import type { Command, Context } from '../context.ts'
import { exitCodes } from '../exit-codes.ts'
import { printFacts, printTable } from '../print.ts'
import { isSet, pageFlags, pageOf } from '../read-flags.ts'
import { type RequestFlag, readRequest } from '../read-request.ts'
import { UsageError } from '../usage-error.ts'
import { asCatalogAdmin } from './catalog-admin.ts'

const fields: readonly (readonly [...RequestFlag, description: string])[] = [
  ['name', 'name', 'text', 'Name that customers see'],
  ['description', 'description', 'text', 'Description'],
  ['type', 'type', 'text', 'subscription or one_off'],
  ['plan', 'plan', 'text', 'Plan on its licenses'],
  ['product-key', 'productKey', 'text', 'Product key; a signing key must be configured for it'],
  ['pricing-mode', 'pricingMode', 'text', 'fixed or tiered'],
  ['active', 'active', 'switch', 'Whether it is sold: true or false'],
  ['internal', 'internal', 'switch', 'Whether the shop hides it: true or false'],
  ['currency', 'currency', 'text', 'Three-letter code'],
  ['unit-amount', 'unitAmount', 'integer', 'Price in minor units'],
  ['base-amount', 'baseAmount', 'integer', 'Base of tiered prices in minor units'],
  ['billing-interval', 'billingInterval', 'text', 'day, week, month, quarter, year or one_time'],
  ['billing-interval-count', 'billingIntervalCount', 'integer', 'Intervals between invoices'],
  ['trial-period-days', 'trialPeriodDays', 'integer', 'Free days of a subscription'],
  ['term-duration-days', 'termDurationDays', 'integer', 'Days that a one-off license lasts'],
  ['max-license-total', 'maxLicenseTotal', 'integer', 'Licenses ever sold; 0 no cap'],
  ['max-managed-products', 'maxManagedProducts', 'integer', 'Seats of one purchase; 0 no limit'],
  ['lookup-key', 'lookupKey', 'text', 'Name in checkout requests'],
  ['stripe-product-id', 'stripeProductId', 'text', 'Product at Stripe'],
  ['stripe-price-id', 'stripePriceId', 'text', 'Price at Stripe'],
]
const requestFlags = fields.map(([flag, field, kind]): RequestFlag => [flag, field, kind])
const help = [
  ...fields.map(([flag, , , description]) => [`--${flag} <value>`, description] as const),
  ['--file <file>', 'Fields as JSON, as the API takes them (- for standard input); flags win'] as const,
]

async function list(context: Context): Promise<number> {
  const { page, pageSize } = pageOf(context)
  const query = {
    includeInactive: isSet(context, 'include-inactive'),
    includeInternal: isSet(context, 'include-internal'),
    page,
    pageSize,
  }
  const { items, total } = await asCatalogAdmin(context, (deps, caller) => listProducts(deps, caller, query))
  printTable(
    context,
    {
      slug: ({ product }) => product.slug,
      name: ({ product }) => product.name,
      type: ({ product }) => product.type,
      key: ({ product }) => product.productKey,
      plan: ({ product }) => product.plan,
      price: ({ product }) => `${product.unitAmountMinor} ${product.currency}`,
      every: ({ product }) => `${product.billingIntervalCount} ${product.billingInterval}`,
      active: ({ product }) => (product.active ? 'yes' : 'no'),
      'managed by': ({ product }) => (product.configManaged ? 'config' : 'admin'),
      coupons: ({ coupons }) => coupons.length,
    },
    items,
    { items: items.map(productBody), page, pageSize, total },
  )
  return exitCodes.done
}

async function show(context: Context, [slug]: readonly string[]): Promise<number> {
  return print(context, await asCatalogAdmin(context, (deps, caller) => findAdminProduct(deps, caller, named(slug))))
}

async function create(context: Context): Promise<number> {
  const request = readRequest(context, ProductRequest, [['slug', 'slug', 'text'], ...requestFlags])
  return print(context, await asCatalogAdmin(context, (deps, caller) => createProduct(deps, caller, request)))
}

/** Changes what the flags name and nothing else; the API's "absent means cleared" is for forms that send everything. */
async function update(context: Context, [slug]: readonly string[]): Promise<number> {
  const changed = await asCatalogAdmin(context, async (deps, caller) => {
    const { product } = await findAdminProduct(deps, caller, named(slug))
    const request = readRequest(context, ProductRequest, requestFlags, requestOfProduct(product))
    return updateProduct(deps, caller, named(slug), request)
  })
  return print(context, changed)
}

function print(context: Context, found: AdminProduct): number {
  printFacts(context, productBody(found))
  return exitCodes.done
}

function named(slug: string | undefined): string {
  if (slug === undefined) throw new UsageError('the slug of a product is required')
  return slug
}

export const products: readonly Command[] = [
  {
    name: 'list',
    description: 'Products of the catalog, oldest first',
    flags: [
      ['--include-inactive', 'Also those that are not sold'],
      ['--include-internal', 'Also those that the shop hides'],
      ...pageFlags,
    ],
    run: list,
  },
  { name: 'show <slug>', description: 'One product with its coupons', flags: [], run: show },
  {
    name: 'create',
    description: 'Add a product; also at Stripe, when Stripe answers',
    flags: [['--slug <slug>', 'Its name in commands and paths; never changes'], ...help],
    run: create,
  },
  { name: 'update <slug>', description: 'Change the named fields of a product, and nothing else', flags: help, run: update },
]
