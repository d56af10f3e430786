import { createHash } from 'node:crypto'
import { isCapped, licenseModeOf, productOfKey } from '@licenseoperator/catalog'
import { audit, type Db, inTransaction, licenses, locks, products, type Tx } from '@licenseoperator/db'
import { addDays, assertSysadmin, type Caller, DomainError, groupKey, storedDomain } from '@licenseoperator/domain'
import type { KeyRing } from '@licenseoperator/signing'
import { type LicenseDraft, type PreparedLicense, prepareLicense } from './prepare-license.ts'

export interface ManualIssueRequest {
  readonly group: string
  readonly email: string
  readonly productKey: string
  readonly plan: string | undefined
  /** End of validity; absent: the policy's term from now. */
  readonly expiresAt: Date | undefined
  readonly domain: string | undefined
  readonly seats: number | undefined
  readonly priceLocked: boolean | undefined
}

export interface ManualIssue {
  readonly license: licenses.NewLicense
  /** False when an equal license of the group was there already and is returned. */
  readonly created: boolean
}

export interface ManualIssueDeps {
  readonly keys: KeyRing
  /** Absent: the license is signed and returned, not stored. */
  readonly db: Db | undefined
  readonly policy: { readonly defaultPlan: string; readonly defaultTermDays: number; readonly defaultPriceLocked: boolean }
  readonly now: () => Date
}

/**
 * Issues a license by hand. Emits no event.
 *
 * With a database, an unexpired and unrevoked license with the same group, product key, plan, domain, and the same end and seats where these
 * were asked for, is returned instead of a second one, however many ask at once.
 *
 * @throws DomainError `forbidden`; `invalid_payload` for an end in the past or an unknown product key; `quota_exceeded` when the product's
 *   cap is reached
 */
export async function issueManually(deps: ManualIssueDeps, caller: Caller, request: ManualIssueRequest): Promise<ManualIssue> {
  assertSysadmin(caller)
  const now = deps.now()
  const wanted = draft(deps, request, now)
  if (deps.db === undefined) return { license: (await prepareLicense(deps.keys, wanted)).license, created: true }
  const db = deps.db
  const prepared = await prepareLicense(deps.keys, wanted)
  return inTransaction(db, (tx) => storeOrReuse(tx, caller, request, prepared, now))
}

function draft(deps: ManualIssueDeps, request: ManualIssueRequest, now: Date): LicenseDraft {
  if (request.expiresAt !== undefined && request.expiresAt <= now) {
    throw new DomainError('invalid_payload', 'invalid payload: exp must be in the future', { field: 'exp' })
  }
  return {
    issuanceKey: '',
    groupName: request.group.trim(),
    email: request.email,
    productId: undefined,
    productSlug: undefined,
    productKey: request.productKey.trim().toLowerCase(),
    plan: (request.plan ?? deps.policy.defaultPlan).trim().toLowerCase(),
    domain: storedDomain(request.domain),
    kind: 'manual',
    seats: request.seats,
    priceLocked: request.priceLocked ?? deps.policy.defaultPriceLocked,
    couponCode: undefined,
    issuedAt: now,
    expiresAt: request.expiresAt ?? addDays(now, deps.policy.defaultTermDays),
    maintenanceExpiresAt: undefined,
    identity: undefined,
    stripe: {},
  }
}

/**
 * The lock makes requests for the same group, key, plan and domain follow one another, so that the second finds what the first stored: a search
 * for "no such license" locks nothing by itself.
 */
async function storeOrReuse(
  tx: Tx,
  caller: Caller,
  request: ManualIssueRequest,
  { license }: PreparedLicense,
  now: Date,
): Promise<ManualIssue> {
  const { groupName, productKey, plan, domain } = license
  const wanted = JSON.stringify([groupKey(groupName), productKey, plan, domain ?? ''])
  await locks.take(tx, `issue:${createHash('sha256').update(wanted).digest('hex')}`)
  const existing = await licenses.findUsable(
    tx,
    { group: groupName, productKey, plan, domain, expiresAt: request.expiresAt, seats: request.seats },
    now,
  )
  if (existing !== undefined) return { license: existing, created: false }
  const product = productOfKey(await products.listActive(tx), productKey)
  const stored = {
    ...license,
    issuanceKey: `manual:${license.licenseId}`,
    productId: product?.id,
    productSlug: product?.slug,
  }
  await licenses.insert(tx, stored)
  if (product !== undefined && isCapped(licenseModeOf(product))) {
    if (!(await products.takeLicense(tx, product.id))) throw new DomainError('quota_exceeded', 'non-subscription quota exceeded')
    await licenses.setTakesLicense(tx, stored.licenseId, true)
  }
  const after = { group: groupName, productKey, plan, seats: license.seats, expiresAt: license.expiresAt.toISOString() }
  await audit.record(tx, { at: now, caller, action: 'license.issued', subject: `license:${license.licenseId}`, after })
  return { license: stored, created: true }
}
