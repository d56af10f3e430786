const PREFIX = 'maintenance:'

/** One name for all renewals of a license's maintenance, under which their payments are recorded and found again. */
export function renewalsKey(licenseId: string): string {
  return `${PREFIX}${licenseId}`
}

/** The license whose maintenance a payment renewed; `undefined` for a payment of anything else. */
export function renewedLicenseOf(issuanceKey: string): string | undefined {
  return issuanceKey.startsWith(PREFIX) ? issuanceKey.slice(PREFIX.length) : undefined
}
