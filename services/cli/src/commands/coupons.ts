import { couponBody } from '@licenseoperator/api-schemas'
import { type Coupon, CouponRequest } from '@licenseoperator/catalog'
import { createCoupon, deleteCoupon, findAdminProduct, listCoupons, updateCoupon } from '@licenseoperator/catalog-admin'
import type { Command, Context } from '../context.ts'
import { exitCodes } from '../exit-codes.ts'
import { printFacts, printTable } from '../print.ts'
import { isSet, pageFlags, pageOf } from '../read-flags.ts'
import { type RequestFlag, readRequest } from '../read-request.ts'
import { UsageError } from '../usage-error.ts'
import { asCatalogAdmin } from './catalog-admin.ts'

const fields: readonly (readonly [...RequestFlag, description: string])[] = [
  ['code', 'code', 'text', 'What customers type'],
  ['active', 'active', 'switch', 'true or false'],
  ['behavior', 'behavior', 'text', 'product_override (sells a one-off product) or stripe_promotion (a discount)'],
  ['max-per-group', 'maxPerGroup', 'integer', 'Redemptions of one group; 0 no limit'],
  ['max-total', 'maxTotal', 'integer', 'Redemptions in all; 0 no limit'],
  ['min-managed-products', 'minManagedProducts', 'integer', 'Fewest seats it applies to'],
  ['max-managed-products', 'maxManagedProducts', 'integer', 'Most seats it applies to'],
]
const promotion: readonly (readonly [...RequestFlag, description: string])[] = [
  ['percent-off', 'percentOff', 'number', 'Discount in percent'],
  ['amount-off', 'amountOff', 'integer', 'Discount in minor units; needs --currency'],
  ['currency', 'currency', 'text', 'Currency of --amount-off'],
  ['duration', 'duration', 'text', 'forever, once or repeating'],
  ['duration-in-months', 'durationInMonths', 'integer', 'For repeating'],
  ['max-redemptions', 'maxRedemptions', 'integer', "Stripe's own limit"],
]
const flagOf = ([flag, field, kind]: readonly [...RequestFlag, string]): RequestFlag => [flag, field, kind]
const help = [
  ...[...fields, ...promotion].map(([flag, , , description]) => [`--${flag} <value>`, description] as const),
  ['--file <file>', 'Fields as JSON, as the API takes them (- for standard input); flags win'] as const,
]

function requestOf(context: Context, existing?: Coupon): CouponRequest {
  const discounted = promotion.some(([flag]) => isSet(context, flag))
  const stripePromotion = discounted
    ? {
        stripePromotion: readRequest(
          withoutFile(context),
          CouponRequest.shape.stripePromotion.unwrap(),
          promotion.map(flagOf),
          existing?.stripePromotion,
        ),
      }
    : {}
  const {
    id: _id,
    productId: _productId,
    createdAt: _createdAt,
    updatedAt: _updatedAt,
    revision: _revision,
    ...same
  } = existing ?? {}
  return readRequest(context, CouponRequest, fields.map(flagOf), { ...same, ...stripePromotion })
}

/** The file describes the coupon, not the promotion inside it. */
function withoutFile(context: Context): Context {
  return { ...context, flags: new Map([...context.flags].filter(([name]) => name !== 'file')) }
}

function print(context: Context, coupon: Coupon): number {
  printFacts(context, couponBody(coupon))
  return exitCodes.done
}

function named(slug: string | undefined): string {
  if (slug === undefined) throw new UsageError('the slug of a product is required')
  return slug
}

function identified(id: string | undefined): number {
  if (id === undefined || !/^[1-9]\d{0,9}$/.test(id))
    throw new UsageError('the id of a coupon must be a whole number of 1 or more')
  return Number(id)
}

export const coupons: readonly Command[] = [
  {
    name: 'list <slug>',
    description: 'Coupons of a product',
    flags: [['--include-inactive', 'Also those that are switched off'], ...pageFlags],
    run: async (context, [slug]) => {
      const { page, pageSize } = pageOf(context)
      const query = { includeInactive: isSet(context, 'include-inactive'), page, pageSize }
      const { items, total } = await asCatalogAdmin(context, (deps, caller) => listCoupons(deps, caller, named(slug), query))
      printTable(
        context,
        {
          id: (coupon) => coupon.id,
          code: (coupon) => coupon.code,
          behavior: (coupon) => coupon.behavior,
          active: (coupon) => (coupon.active ? 'yes' : 'no'),
          'per group': (coupon) => coupon.maxPerGroup ?? 'any',
          total: (coupon) => coupon.maxTotal ?? 'any',
          off: ({ stripePromotion }) =>
            stripePromotion?.percentOff === undefined ? stripePromotion?.amountOff : `${stripePromotion.percentOff} %`,
        },
        items,
        { items: items.map(couponBody), page, pageSize, total },
      )
      return exitCodes.done
    },
  },
  {
    name: 'create <slug>',
    description: 'Add a coupon to a product',
    flags: help,
    run: async (context, [slug]) => {
      const request = requestOf(context)
      return print(context, await asCatalogAdmin(context, (deps, caller) => createCoupon(deps, caller, named(slug), request)))
    },
  },
  {
    name: 'update <slug> <id>',
    description: 'Change the named fields of a coupon, and nothing else',
    flags: help,
    run: async (context, [slug, id]) => {
      const couponId = identified(id)
      const changed = await asCatalogAdmin(context, async (deps, caller) => {
        const { coupons: all } = await findAdminProduct(deps, caller, named(slug))
        const request = requestOf(
          context,
          all.find((coupon) => coupon.id === couponId),
        )
        return updateCoupon(deps, caller, named(slug), couponId, request)
      })
      return print(context, changed)
    },
  },
  {
    name: 'delete <slug> <id>',
    description: 'Delete a coupon; licenses bought with it stay',
    flags: [],
    run: async (context, [slug, id]) => {
      const couponId = identified(id)
      await asCatalogAdmin(context, (deps, caller) => deleteCoupon(deps, caller, named(slug), couponId))
      printFacts(context, { deleted: couponId })
      return exitCodes.done
    },
  },
]
