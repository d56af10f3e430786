import type Stripe from 'stripe'
import type { Emulation } from '../core/emulation.ts'
import { mergeMetadata } from '../core/metadata.ts'
import type { Customer, Wire } from '../core/wire.ts'

export type Address = NonNullable<Customer['address']>

export function buildCustomer(emulation: Emulation, params: Wire<Stripe.CustomerCreateParams>): Customer {
  return {
    id: emulation.ids.next('cus_', 14),
    object: 'customer',
    address: buildAddress(params.address || undefined),
    balance: 0,
    created: emulation.clock.now(),
    currency: null,
    default_source: null,
    delinquent: false,
    description: params.description ?? null,
    email: params.email ?? null,
    invoice_prefix: emulation.ids.next('', 8).toUpperCase(),
    invoice_settings: {
      custom_fields: null,
      default_payment_method: params.invoice_settings?.default_payment_method ?? null,
      footer: null,
      rendering_options: null,
    },
    livemode: false,
    metadata: mergeMetadata({}, params.metadata),
    name: params.name ?? null,
    next_invoice_sequence: 1,
    phone: params.phone ?? null,
    preferred_locales: params.preferred_locales ?? [],
    shipping: null,
    tax_exempt: params.tax_exempt || 'none',
    test_clock: params.test_clock ?? null,
  }
}

/** An address with every field, the missing ones null. */
export function buildAddress(address: Partial<Address> | undefined): Address | null {
  if (address === undefined) return null
  return {
    city: address.city ?? null,
    country: address.country ?? null,
    line1: address.line1 ?? null,
    line2: address.line2 ?? null,
    postal_code: address.postal_code ?? null,
    state: address.state ?? null,
  }
}
