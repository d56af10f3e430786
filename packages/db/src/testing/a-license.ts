import type { StoredLicense } from '../licenses.ts'

/** A license of a year as it is read back, without a database; a test names only what it is about. */
export function aStoredLicense(fields: Partial<StoredLicense> = {}): StoredLicense {
  return {
    licenseId: 'L-1',
    issuanceKey: 'checkout:cs_1',
    groupName: 'acme',
    email: 'ada@acme.example',
    productId: 1,
    productSlug: 'core',
    productKey: 'core',
    plan: 'core',
    domain: undefined,
    kind: 'one_off',
    seats: undefined,
    priceLocked: false,
    couponCode: undefined,
    issuedAt: new Date('2026-01-01T00:00:00Z'),
    expiresAt: new Date('2027-01-01T00:00:00Z'),
    maintenanceExpiresAt: undefined,
    state: {
      revokedAt: undefined,
      revokedReason: undefined,
      supersededBy: undefined,
      disputed: false,
      adminRevokedAt: undefined,
      adminRevokedNote: undefined,
    },
    maintenanceIncludedUntil: undefined,
    takesLicense: false,
    keyId: 'key-1',
    text: 'signed',
    identity: 'ada',
    stripe: {},
    ...fields,
  }
}
