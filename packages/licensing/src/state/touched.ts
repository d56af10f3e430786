import { licensePeriods, licenses, type Tx } from '@licenseoperator/db'
import { connected, type Periods } from './connected.ts'
import { purchaseKeyOf } from './supersession.ts'

/**
 * What a new fact is about, and with that which licenses can be other than they were:
 * - a purchase (issued, paid, paid back, disputed, revoked): its licenses and those it shares money or place with through a change of plan. A payment
 *   that renews maintenance is about the license's purchase, and is named besides;
 * - the end of a subscription: what is paid for beyond it.
 */
export type LicenseFamily =
  | { readonly issuanceKey: string; readonly renewalPaymentKey?: string | undefined }
  | {
      readonly subscriptionId: string
      /** The earliest instant at which it ended, by what was known before and what is known now; absent when it never did. */
      readonly endedAt: Date | undefined
    }

/** What a fact about one license is about. */
export function familyOf(license: Pick<licenses.StoredLicense, 'issuanceKey'>): LicenseFamily {
  return { issuanceKey: purchaseKeyOf(license) }
}

/**
 * The licenses that a fact can change, and those that decide what they become. A subscription in its tenth year is as cheap as in its first: other periods
 * are never looked at.
 */
export async function licensesTouched(tx: Tx, family: LicenseFamily): Promise<licenses.StoredLicense[]> {
  if ('issuanceKey' in family) {
    const ofPurchase = await licenses.listByPurchase(tx, family.issuanceKey)
    const [first] = ofPurchase
    const subscriptionId = ofPurchase.find(({ stripe }) => stripe.subscriptionId !== undefined)?.stripe.subscriptionId
    if (first === undefined || subscriptionId === undefined) return ofPurchase
    const start = { key: family.issuanceKey, issuedAt: first.issuedAt, expiresAt: first.expiresAt }
    const connectedKeys = (await connected(periodsOf(tx, subscriptionId), [start])).filter((key) => key !== family.issuanceKey)
    return [...ofPurchase, ...(await licensesOf(tx, connectedKeys))]
  }
  const { subscriptionId, endedAt } = family
  if (endedAt === undefined) return []
  const beyond = await licensePeriods.endingAfter(tx, subscriptionId, endedAt)
  return licensesOf(tx, await connected(periodsOf(tx, subscriptionId), beyond))
}

async function licensesOf(tx: Tx, purchaseKeys: readonly string[]): Promise<licenses.StoredLicense[]> {
  const all: licenses.StoredLicense[] = []
  for (const key of purchaseKeys) all.push(...(await licenses.listByPurchase(tx, key)))
  return all
}

function periodsOf(tx: Tx, subscriptionId: string): Periods {
  return {
    startingWithin: (from, until) => licensePeriods.startingWithin(tx, subscriptionId, from, until),
    lastingInto: (first, last) => licensePeriods.lastingInto(tx, subscriptionId, first, last),
  }
}
