import type Stripe from 'stripe'
import { endSubscription } from '../billing/end-subscription.ts'
import { changedFields } from '../core/changed-fields.ts'
import { type Emulation, handler, type RouteTable } from '../core/emulation.ts'
import { inRange, listPage } from '../core/list.ts'
import { mergeMetadata } from '../core/metadata.ts'
import { noSuch, noSuchParameter } from '../core/stripe-error.ts'
import { refuseUnsupported } from '../core/unsupported.ts'
import type { Customer } from '../core/wire.ts'
import { buildAddress, buildCustomer } from '../customers/build-customer.ts'
import { emit } from '../webhooks/emit.ts'

const supported = [
  'address',
  'description',
  'email',
  'expand',
  'metadata',
  'name',
  'phone',
  'preferred_locales',
  'tax_exempt',
  'invoice_settings',
]

export const customerRoutes: RouteTable = {
  'POST /v1/customers': handler<Stripe.CustomerCreateParams>(({ emulation, params, cause }) => {
    refuseUnsupported(params, [...supported, 'test_clock'])
    if (params.test_clock !== undefined && emulation.store.testClocks.get(params.test_clock) === undefined)
      throw noSuchParameter('test_clock', params.test_clock, 'test_clock')
    const customer = emulation.store.customers.add(buildCustomer(emulation, params))
    emit(emulation, cause, 'customer.created', customer)
    return customer
  }),
  'GET /v1/customers': handler<Stripe.CustomerListParams>(({ emulation, params }) => {
    refuseUnsupported(params, ['created', 'email', 'ending_before', 'expand', 'limit', 'starting_after', 'test_clock'])
    const items = emulation.store.customers
      .newestFirst()
      .filter((customer) => customer.test_clock === (params.test_clock ?? null))
      .filter((customer) => params.email === undefined || customer.email === params.email)
      .filter((customer) => inRange(customer.created, params.created))
    return listPage(items, params, '/v1/customers')
  }),
  'GET /v1/customers/{id}': ({ emulation, id }) => emulation.store.deletedCustomers.get(id) ?? find(emulation, id),
  'POST /v1/customers/{id}': handler<Stripe.CustomerUpdateParams>(({ emulation, params, id, cause }) => {
    refuseUnsupported(params, supported)
    const customer = find(emulation, id)
    const before = structuredClone(customer)
    if (params.email !== undefined) customer.email = params.email || null
    if (params.name !== undefined) customer.name = params.name || null
    if (params.phone !== undefined) customer.phone = params.phone || null
    if (params.description !== undefined) customer.description = params.description || null
    if (params.address !== undefined) customer.address = buildAddress(params.address || undefined)
    if (params.preferred_locales !== undefined) customer.preferred_locales = params.preferred_locales
    if (params.tax_exempt !== undefined) customer.tax_exempt = params.tax_exempt || 'none'
    const method = params.invoice_settings?.default_payment_method
    if (method !== undefined) customer.invoice_settings.default_payment_method = method || null
    customer.metadata = mergeMetadata(customer.metadata, params.metadata)
    emit(emulation, cause, 'customer.updated', customer, changedFields(before, customer))
    return customer
  }),
  'DELETE /v1/customers/{id}': ({ emulation, id, cause }) => {
    const customer = find(emulation, id)
    const { store } = emulation
    for (const subscription of store.subscriptions.newestFirst()) {
      if (subscription.customer === id && subscription.ended_at === null)
        endSubscription(emulation, subscription, cause, 'cancellation_requested')
    }
    store.customers.delete(id)
    emit(emulation, cause, 'customer.deleted', customer)
    return store.deletedCustomers.add({ id, object: 'customer', deleted: true })
  },
}

function find(emulation: Emulation, id: string): Customer {
  const customer = emulation.store.customers.get(id)
  if (customer === undefined) throw noSuch('customer', id)
  return customer
}
