import { type Db, licenseLinks, licenses, products, reading } from '@licenseoperator/db'
import { DomainError } from '@licenseoperator/domain'
import { type LinkKey, readLink } from './license-link.ts'

export interface LinkDeps {
  readonly db: Db
  readonly linkKey: LinkKey
  readonly now: () => Date
}

export interface LinkedLicense {
  readonly license: licenses.StoredLicense
  readonly productName: string
}

/**
 * The license that a signed link opens, without any login.
 *
 * @throws DomainError `not_found`, the same for a link that is forged, over, revoked, or of a license that is gone
 */
export async function findLinkedLicense({ db, linkKey, now }: LinkDeps, token: string): Promise<LinkedLicense> {
  const link = readLink(linkKey, token, now())
  if (link === undefined) throw notFound()
  const revokedAt = await reading(() => licenseLinks.revokedAt(db, link.licenseId))
  const license = await reading(() => licenses.findById(db, link.licenseId))
  if (license === undefined || (revokedAt !== undefined && link.issuedAt <= revokedAt)) throw notFound()
  const { productId, productKey } = license
  const product = productId === undefined ? undefined : await reading(() => products.findById(db, productId))
  return { license, productName: product?.name ?? productKey }
}

/** As for a path that there is not. */
function notFound(): DomainError {
  return new DomainError('not_found', 'not found')
}
