import { productOfKey } from '@licenseoperator/catalog'
import { audit, type Db, inTransaction, licenses, products, reading, trials } from '@licenseoperator/db'
import { addDays, assertMember, type Caller, DomainError, groupKey, storedDomain } from '@licenseoperator/domain'
import type { KeyRing } from '@licenseoperator/signing'
import { type DefaultSlugs, findDefaultProduct } from '../find-default-product.ts'
import { licenseStatus } from '../license-status.ts'
import { type PreparedLicense, prepareLicense } from '../prepare-license.ts'

export interface TrialRules {
  readonly enabled: boolean
  readonly durationHours: number
  /** Days after the last trial's expiry; 0 = no second trial. */
  readonly cooldownDays: number
}

export interface TrialDeps {
  readonly db: Db
  readonly keys: KeyRing
  readonly rules: TrialRules
  readonly defaults: DefaultSlugs
  readonly now: () => Date
}

export interface TrialRequest {
  readonly group: string
  readonly domain: string
  /** Absent: the caller's own address. */
  readonly email: string | undefined
  /** Absent: the key of the default product. */
  readonly productKey: string | undefined
}

export interface IssuedTrial {
  readonly licenseId: string
  readonly text: string
  /** False when the group's running trial is returned. */
  readonly created: boolean
}

/**
 * Issues the one trial of a group, or returns it while it runs. Emits no event. The row under the group's unique key decides, so however many ask
 * at once, one is issued and the others read it.
 *
 * @throws DomainError `forbidden`, also when trials are switched off; `invalid_payload` naming the field; `trial_already_issued`
 */
export async function issueTrial(deps: TrialDeps, caller: Caller, request: TrialRequest): Promise<IssuedTrial> {
  assertMember(caller, request.group)
  if (!deps.rules.enabled) throw new DomainError('forbidden', 'forbidden')
  const productKey = await keyOf(deps, request)
  const previous = await reading(() => trials.find(deps.db, groupKey(request.group)))
  const running = previous && (await reuse(deps, previous, productKey))
  if (running !== undefined) return running
  const trial = await prepare(deps, caller, request, productKey)
  if (await store(deps, caller, trial, previous?.licenseId)) {
    return { licenseId: trial.license.licenseId, text: trial.license.text, created: true }
  }
  // Somebody was faster: theirs is the group's trial now.
  const winner = await reading(() => trials.find(deps.db, groupKey(request.group)))
  const winningTrial = winner && (await reuse(deps, winner, productKey))
  if (winningTrial === undefined) throw alreadyIssued()
  return winningTrial
}

async function keyOf(deps: TrialDeps, request: TrialRequest): Promise<string> {
  const asked = request.productKey?.trim().toLowerCase()
  const key = asked ?? (await reading(() => findDefaultProduct(deps.db, deps.defaults)))?.productKey
  if (key === undefined) throw invalid('productKey', 'is required: there is no default product')
  if (deps.keys.signingKeyFor(key) === undefined) throw invalid('productKey', 'has no signing key')
  return key
}

/**
 * @returns the running trial for the same product key; `undefined` when the cooldown is over and another may be issued
 * @throws DomainError `trial_already_issued`
 */
async function reuse(deps: TrialDeps, previous: trials.Trial, productKey: string): Promise<IssuedTrial | undefined> {
  const now = deps.now()
  if (previous.productKey === productKey && now < previous.expiresAt) {
    const license = await reading(() => licenses.findById(deps.db, previous.licenseId))
    if (license !== undefined && licenseStatus(license, now) === 'ACTIVE') {
      return { licenseId: license.licenseId, text: license.text, created: false }
    }
  }
  const { cooldownDays } = deps.rules
  if (cooldownDays === 0 || now < addDays(previous.expiresAt, cooldownDays)) throw alreadyIssued()
  return undefined
}

async function prepare(deps: TrialDeps, caller: Caller, request: TrialRequest, productKey: string): Promise<PreparedLicense> {
  const email = request.email ?? caller.email
  if (email === undefined) throw invalid('email', 'is required: the token names none')
  const product = productOfKey(await reading(() => products.listActive(deps.db)), productKey)
  const now = deps.now()
  return prepareLicense(deps.keys, {
    issuanceKey: `trial:${crypto.randomUUID()}`,
    groupName: request.group.trim(),
    email,
    productId: product?.id,
    productSlug: product?.slug,
    productKey,
    plan: 'trial',
    domain: storedDomain(request.domain),
    kind: 'trial',
    seats: product?.maxManagedProducts,
    priceLocked: false,
    couponCode: undefined,
    issuedAt: now,
    expiresAt: new Date(now.getTime() + deps.rules.durationHours * 3_600_000),
    maintenanceExpiresAt: undefined,
    identity: caller.identity,
    stripe: {},
  })
}

/** False when another trial of the group was stored since `previousLicenseId` was read. */
function store(deps: TrialDeps, caller: Caller, { license }: PreparedLicense, previousLicenseId: string | undefined) {
  const { licenseId, productKey, expiresAt } = license
  const trial = { groupKey: groupKey(license.groupName), licenseId, productKey, expiresAt }
  const now = deps.now()
  return inTransaction(deps.db, async (tx) => {
    const first =
      previousLicenseId === undefined
        ? await trials.insert(tx, trial, now)
        : await trials.replace(tx, trial, previousLicenseId, now)
    if (!first) return false
    await licenses.insert(tx, license)
    const after = { group: license.groupName, productKey, licenseId }
    await audit.record(tx, { at: now, caller, action: 'trial.issued', subject: `license:${licenseId}`, after })
    return true
  })
}

function alreadyIssued(): DomainError {
  return new DomainError('trial_already_issued', 'trial already issued')
}

function invalid(field: string, reason: string): DomainError {
  return new DomainError('invalid_payload', `invalid payload: ${field} ${reason}`, { field })
}
