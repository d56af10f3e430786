import { refuseField } from '@licenseoperator/catalog'
import { products } from '@licenseoperator/db'
import { DomainError } from '@licenseoperator/domain'

/** Runs a write of a product and says in the API's words which of its names is taken. @throws DomainError `slug_taken`, `invalid_payload` */
export async function refusingTakenNames<T>(write: () => Promise<T>): Promise<T> {
  try {
    return await write()
  } catch (error) {
    const taken = products.takenName(error)
    if (taken === 'slug') throw slugTaken()
    if (taken === 'lookupKey') throw refuseField('lookupKey', 'belongs to another active product')
    throw error
  }
}

export function slugTaken(): DomainError {
  return new DomainError('slug_taken', 'product slug already exists', { field: 'slug' })
}
