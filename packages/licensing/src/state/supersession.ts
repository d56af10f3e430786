/** What the order of a subscription's purchases is decided by. */
export interface PaidTime {
  /** Issuance key without the number of a bundle's part. */
  readonly key: string
  /** Start of the period it was paid for. */
  readonly issuedAt: Date
  readonly expiresAt: Date
}

/** What is read of a license to put it in order. */
export interface PeriodLicense {
  readonly licenseId: string
  readonly issuanceKey: string
  readonly productKey: string
  readonly issuedAt: Date
  readonly expiresAt: Date
}

/** One purchase: its license and, of a bundle, those of its parts, all for the same time. */
export interface Purchase<L extends PeriodLicense> extends PaidTime {
  readonly licenses: readonly L[]
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

/** True for a purchase that a change of plan or quantity made. */
export function isChange({ key }: Pick<PaidTime, 'key'>): boolean {
  return key.includes(CHANGE)
}

/** Licenses by purchase, in the order in which they took effect. */
export function purchasesOf<L extends PeriodLicense>(licenses: readonly L[]): Purchase<L>[] {
  const grouped = Map.groupBy(licenses, purchaseKeyOf)
  return [...grouped].flatMap(([key, [first, ...parts]]) =>
    first === undefined ? [] : [{ key, issuedAt: first.issuedAt, expiresAt: first.expiresAt, licenses: [first, ...parts] }],
  )
}

/** True when `change` took effect while `purchase` was paid for: it replaces it, and rests on the same money. */
export function replaces(change: PaidTime, purchase: PaidTime): boolean {
  if (!isChange(change) || change.key === purchase.key) return false
  const apartMs = change.issuedAt.getTime() - purchase.issuedAt.getTime()
  if (apartMs < 0 || change.issuedAt >= purchase.expiresAt) return false
  return apartMs > 0 || !isChange(purchase) || purchase.key < change.key
}

/**
 * The change of plan that took a purchase's place: the first within its period.
 *
 * @param isGood  false for changes whose money went back: they changed nothing after all
 */
export function supersederOf<P extends PaidTime>(
  purchase: PaidTime,
  all: readonly P[],
  isGood: (change: P) => boolean,
): P | undefined {
  return all.filter((candidate) => replaces(candidate, purchase) && isGood(candidate)).sort(byStart)[0]
}

/**
 * Which license of a change stands in for each license of a purchase: a part of a bundle is replaced by the same part of the new bundle where there is
 * one, and everything else by the new purchase's own license.
 */
export function placesTaken<L extends PeriodLicense>({
  key,
  licenses,
}: Purchase<L>): (license: PeriodLicense) => string | undefined {
  const ordered = licenses.toSorted((a, b) => (a.issuanceKey < b.issuanceKey ? -1 : 1))
  const parts = new Map(
    ordered
      .filter(({ issuanceKey }) => issuanceKey !== key)
      .reverse()
      .map(({ productKey, licenseId }) => [productKey, licenseId]),
  )
  return (license) => {
    const isPart = license.issuanceKey !== purchaseKeyOf(license)
    return (isPart ? parts.get(license.productKey) : undefined) ?? ordered[0]?.licenseId
  }
}

function byStart(a: PaidTime, b: PaidTime): number {
  return a.issuedAt.getTime() - b.issuedAt.getTime() || (a.key < b.key ? -1 : 1)
}
