import type Stripe from 'stripe'
import { type Emulation, handler, type RouteTable } from '../core/emulation.ts'
import { listPage } from '../core/list.ts'
import { noSuch } from '../core/stripe-error.ts'
import { refuseUnsupported } from '../core/unsupported.ts'
import type { TaxId } from '../core/wire.ts'
import { addTaxId, taxIdsOf } from '../customers/tax-ids.ts'
import { emit } from '../webhooks/emit.ts'

/** A customer's tax ids. None is verified: no authority can be asked from here. */
export const taxIdRoutes: RouteTable = {
  'POST /v1/customers/{id}/tax_ids': handler<Stripe.CustomerCreateTaxIdParams>(({ emulation, params, id, cause }) => {
    refuseUnsupported(params, ['expand', 'type', 'value'])
    const taxId = addTaxId(emulation, checkedCustomer(emulation, id), params)
    emit(emulation, cause, 'customer.tax_id.created', taxId)
    return taxId
  }),
  'GET /v1/customers/{id}/tax_ids': handler<Stripe.CustomerListTaxIdsParams>(({ emulation, params, id }) =>
    listPage(taxIdsOf(emulation, checkedCustomer(emulation, id)), params, `/v1/customers/${id}/tax_ids`),
  ),
  'GET /v1/customers/{id}/tax_ids/{id}': ({ emulation, id, innerId }) => find(emulation, id, innerId),
  'DELETE /v1/customers/{id}/tax_ids/{id}': ({ emulation, id, innerId, cause }) => {
    const taxId = find(emulation, id, innerId)
    emulation.store.taxIds.delete(taxId.id)
    emit(emulation, cause, 'customer.tax_id.deleted', taxId)
    return { id: taxId.id, object: 'tax_id', deleted: true }
  },
}

function find(emulation: Emulation, customer: string, id: string): TaxId {
  const taxId = taxIdsOf(emulation, checkedCustomer(emulation, customer)).find((entry) => entry.id === id)
  if (taxId === undefined) throw noSuch('tax_id', id)
  return taxId
}

function checkedCustomer({ store }: Emulation, id: string): string {
  if (store.customers.get(id) === undefined) throw noSuch('customer', id)
  return id
}
