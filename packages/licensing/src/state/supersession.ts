/** What the order of a subscription's licenses is decided by. */
export interface PeriodLicense {
  readonly licenseId: string
  readonly issuanceKey: string
  readonly productKey: string
  /** Start of the period it was paid for. */
  readonly issuedAt: Date
  readonly expiresAt: Date
}

const CHANGE = ':change:'

/**
 * Issuance key of the license that a change of plan or quantity brings. The change's invoice names it: two changes in one second are two changes.
 *
 * @param invoiceId  the invoice with billing reason `subscription_update`
 */
export function planChangeIssuanceKey(subscriptionId: string, invoiceId: string): string {
  return `subscription:${subscriptionId}${CHANGE}${invoiceId}`
}

/** The purchase of a license: its issuance key without the number of a bundle's part. */
export function purchaseKeyOf({ issuanceKey }: Pick<PeriodLicense, 'issuanceKey'>): string {
  return issuanceKey.replace(/#\d+$/, '')
}

/** True when `change` took effect while `license` was paid for: it replaces it, and rests on the same money. */
export function replaces(change: PeriodLicense, license: PeriodLicense): boolean {
  const [key, ownKey] = [purchaseKeyOf(change), purchaseKeyOf(license)]
  if (!key.includes(CHANGE) || key === ownKey) return false
  const apartMs = change.issuedAt.getTime() - license.issuedAt.getTime()
  if (apartMs < 0 || change.issuedAt >= license.expiresAt) return false
  return apartMs > 0 || !ownKey.includes(CHANGE) || ownKey < key
}

/** Purchases whose money a license stands on: its own, and for a change of plan those of the period it changed, which it was set off against. */
export function standsOn(license: PeriodLicense, all: readonly PeriodLicense[]): string[] {
  return [...new Set([purchaseKeyOf(license), ...all.filter((other) => replaces(license, other)).map(purchaseKeyOf)])]
}

/**
 * The license that took the place of this one: that of the first change of plan within its period.
 *
 * @param isGood  false for changes whose money went back: they changed nothing after all
 */
export function supersederOf(
  license: PeriodLicense,
  all: readonly PeriodLicense[],
  isGood: (change: PeriodLicense) => boolean,
): string | undefined {
  const changes = all.filter((other) => replaces(other, license) && isGood(other)).sort(byStart)
  const [first] = changes
  if (first === undefined) return undefined
  const parts = changes.filter((one) => purchaseKeyOf(one) === purchaseKeyOf(first))
  // A part of a bundle is replaced by the same part of the new bundle where there is one, and the bundle's own license by the bundle's own.
  const isPart = license.issuanceKey !== purchaseKeyOf(license)
  const same = isPart ? parts.find((one) => one.productKey === license.productKey && one.issuanceKey.includes('#')) : undefined
  return (same ?? first).licenseId
}

function byStart(one: PeriodLicense, other: PeriodLicense): number {
  return one.issuedAt.getTime() - other.issuedAt.getTime() || (one.issuanceKey < other.issuanceKey ? -1 : 1)
}
