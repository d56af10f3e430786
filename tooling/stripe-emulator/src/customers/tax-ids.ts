import type { Emulation } from '../core/emulation.ts'
import type { TaxId } from '../core/wire.ts'

export function addTaxId(emulation: Emulation, customer: string, { type, value }: Pick<TaxId, 'type' | 'value'>): TaxId {
  return emulation.store.taxIds.add({
    id: emulation.ids.next('txi_'),
    object: 'tax_id',
    country: type.slice(0, 2) === 'eu' ? value.slice(0, 2).toUpperCase() : type.slice(0, 2).toUpperCase(),
    created: emulation.clock.now(),
    customer,
    customer_account: null,
    livemode: false,
    owner: { customer, customer_account: null, type: 'customer' },
    type,
    value,
    verification: { status: 'unavailable', verified_address: null, verified_name: null },
  })
}

export function taxIdsOf({ store }: Emulation, customer: string): TaxId[] {
  return store.taxIds.newestFirst().filter((taxId) => taxId.customer === customer)
}
