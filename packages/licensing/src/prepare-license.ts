import type { licenses } from '@licenseoperator/db'
import { assertGroup, assertText, DomainError, newLicenseId, rfc3339 } from '@licenseoperator/domain'
import { type KeyRing, type SignedLicense, signLicense } from '@licenseoperator/signing'

/** Everything a license says, before it has an id and a signature. */
export type LicenseDraft = Omit<licenses.NewLicense, 'licenseId' | 'keyId' | 'text'>

export interface PreparedLicense {
  readonly license: licenses.NewLicense
  readonly signed: SignedLicense
}

/**
 * Names and signs a license. Slow and repeatable only at a cost, so it happens before the transaction that stores it.
 *
 * @param licenseId  given when a license is signed anew under its own name
 * @throws DomainError `invalid_payload` when no signing key is configured for the product key, or naming the text that neither a license nor its row can hold
 */
export async function prepareLicense(
  keys: KeyRing,
  draft: LicenseDraft,
  licenseId: string = newLicenseId(),
): Promise<PreparedLicense> {
  assertWritable(draft)
  const key = keys.signingKeyFor(draft.productKey)
  if (key === undefined) {
    throw new DomainError(
      'invalid_payload',
      `invalid payload: no signing key is configured for product key ${draft.productKey}`,
      {
        field: 'productKey',
      },
    )
  }
  const signed = await signLicense(
    {
      v: 1,
      licenseId,
      group: draft.groupName,
      email: draft.email,
      productKey: draft.productKey,
      plan: draft.plan,
      ...(draft.domain === undefined ? {} : { domain: draft.domain }),
      ...(draft.seats === undefined ? {} : { seats: draft.seats }),
      licenseType: draft.kind,
      issuedAt: rfc3339(draft.issuedAt),
      expiresAt: rfc3339(draft.expiresAt),
      ...(draft.maintenanceExpiresAt === undefined ? {} : { maintenanceExpiresAt: rfc3339(draft.maintenanceExpiresAt) }),
      priceLocked: draft.priceLocked,
    },
    key,
  )
  return { license: { ...draft, licenseId, keyId: signed.keyId, text: signed.text }, signed }
}

/** What a license says can be neither signed nor stored with control characters, nor stored beyond its column; whoever asked for it is told here. */
function assertWritable({ groupName, email, productKey, plan, domain, couponCode, identity }: LicenseDraft): void {
  assertGroup('group', groupName)
  assertText('email', email, { max: 512 })
  assertText('productKey', productKey, { max: 128 })
  assertText('plan', plan, { max: 128 })
  if (domain !== undefined) assertText('domain', domain, { max: 255 })
  if (couponCode !== undefined) assertText('couponCode', couponCode, { max: 64 })
  if (identity !== undefined) assertText('identity', identity, { max: 255 })
}
