import { type Envelope, openEnvelope } from './envelope.ts'
import { type Identified, maySignFor, type RingEntry, ringOf, type TrustedKeys } from './key-ring.ts'
import { comparableDomain, decodePayload, instantMs, type LicensePayload } from './license-payload.ts'
import { MalformedLicenseError } from './malformed-license-error.ts'
import type { RevocationList } from './revocation-list.ts'
import type { ClockReason, LicenseVerdict, VerifyOptions } from './verdict.ts'

const DAY_MS = 86_400_000

/** A caller's options, checked, with the clock read once. */
export type Checks = {
  readonly nowMs: number
  readonly graceMs: number
  readonly productKeys: readonly string[] | undefined
  readonly domain: string | undefined
  readonly lastSeenMs: number
  readonly toleranceMs: number
  readonly revocations: RevocationList | undefined
}

/** A license whose signature is still to be checked, or a verdict that needs no such check. */
export type Opened<K extends Identified> =
  | { readonly verdict: LicenseVerdict }
  | { readonly verdict?: undefined; readonly envelope: Envelope; readonly entry: RingEntry<K> }

/**
 * Reads the options. A wrong option is the program's mistake and not the license's, so it throws: a grace of NaN days would
 * otherwise make every license valid for ever.
 *
 * @throws TypeError
 */
export function readChecks(options: VerifyOptions): Checks {
  const {
    now = () => new Date(),
    graceDays = 0,
    expectedProductKey,
    expectedDomain,
    lastSeenAt,
    clockToleranceSeconds = 0,
    revocations,
  } = options
  const domain = expectedDomain === undefined ? undefined : comparableDomain(expectedDomain)
  if (domain === '') throw new TypeError('expectedDomain is blank; leave it out to accept any domain')
  return {
    nowMs: timeOf(now(), 'now'),
    graceMs: duration(graceDays, 'graceDays') * DAY_MS,
    productKeys: typeof expectedProductKey === 'string' ? [expectedProductKey] : expectedProductKey,
    domain,
    lastSeenMs: lastSeenAt === undefined ? Number.NEGATIVE_INFINITY : timeOf(lastSeenAt, 'lastSeenAt'),
    toleranceMs: duration(clockToleranceSeconds, 'clockToleranceSeconds') * 1000,
    revocations,
  }
}

/** The part of verification before the signature check: the form of the text, and the key it names. */
export function openLicense<K extends Identified>(text: unknown, keys: TrustedKeys<K>): Opened<K> {
  const ring = ringOf(keys)
  return orMalformed<Opened<K>>(
    () => {
      const envelope = openEnvelope(text)
      const { keyId } = envelope
      const entry = ring.entryOf(keyId)
      if (entry === undefined) {
        return { verdict: { status: 'unknown_key', reason: 'not_in_ring', keyId, message: `no key ${keyId} is known` } }
      }
      if (entry.state === 'compromised') {
        return { verdict: { status: 'unknown_key', reason: 'compromised', keyId, message: `key ${keyId} is no longer trusted` } }
      }
      return { envelope, entry }
    },
    (verdict) => ({ verdict }),
  )
}

/** The part after it. Nothing of the payload is looked at unless the signature is good. */
export function judgeLicense(
  envelope: Envelope,
  entry: RingEntry<Identified>,
  signatureIsGood: boolean,
  checks: Checks,
): LicenseVerdict {
  const { keyId } = envelope
  if (!signatureIsGood) return { status: 'bad_signature', keyId, message: 'the signature does not fit the license' }
  return orMalformed(
    () => judgePayload(decodePayload(envelope.payload), entry, checks),
    (verdict) => verdict,
  )
}

function judgePayload(license: LicensePayload, entry: RingEntry<Identified>, checks: Checks): LicenseVerdict {
  const { keyId } = entry.key
  if (!maySignFor(entry, license.productKey)) {
    const message = `key ${keyId} may not sign licenses for ${license.productKey}`
    return { status: 'unknown_key', reason: 'not_for_product', keyId, message }
  }
  if (checks.productKeys !== undefined && !checks.productKeys.includes(license.productKey)) {
    const message = `the license is for ${license.productKey}, not for ${checks.productKeys.join(' or ')}`
    return { status: 'wrong_product', license, keyId, message }
  }
  if (checks.domain !== undefined && comparableDomain(license.domain ?? '') !== checks.domain) {
    const message = `the license is bound to ${license.domain ?? 'no domain'}, not to ${checks.domain}`
    return { status: 'wrong_domain', license, keyId, message }
  }
  const revoked = checks.revocations?.productKeys.includes(license.productKey)
    ? checks.revocations.find(license.licenseId, license.productKey)
    : undefined
  if (revoked !== undefined) {
    const { reason, revokedAt, supersededBy } = revoked
    const message = `the license was revoked at ${revokedAt}: ${reason}${supersededBy === undefined ? '' : `, replaced by ${supersededBy}`}`
    return {
      status: 'revoked',
      reason,
      revokedAt,
      ...(supersededBy === undefined ? {} : { supersededBy }),
      license,
      keyId,
      message,
    }
  }
  const verdict = judgeTime(license, keyId, checks)
  // A list of another product's key is no answer, and must not pass for one.
  if (
    verdict.status !== 'valid' ||
    checks.revocations === undefined ||
    checks.revocations.productKeys.includes(license.productKey)
  )
    return verdict
  return { ...verdict, message: `${verdict.message}; the revocation list does not cover ${license.productKey}` }
}

function judgeTime(license: LicensePayload, keyId: string, checks: Checks): LicenseVerdict {
  const { nowMs, graceMs } = checks
  const reason = clockReason(license, checks)
  if (reason !== undefined) {
    const clock = new Date(nowMs).toISOString()
    const past = reason === 'clock_before_issue' ? `the license was issued (${license.issuedAt})` : 'it was when last seen'
    return { status: 'not_yet_valid', reason, clock, license, keyId, message: `the clock shows ${clock}, earlier than ${past}` }
  }
  const expiresMs = instantMs(license.expiresAt)
  if (nowMs < expiresMs) return { status: 'valid', inGrace: false, license, keyId, message: 'the license is valid' }
  const message = `the license expired at ${license.expiresAt}`
  if (nowMs < expiresMs + graceMs)
    return { status: 'valid', inGrace: true, license, keyId, message: `${message}; it is in its grace period` }
  return { status: 'expired', license, keyId, message }
}

function clockReason(license: LicensePayload, { nowMs, lastSeenMs, toleranceMs }: Checks): ClockReason | undefined {
  if (nowMs + toleranceMs < instantMs(license.issuedAt)) return 'clock_before_issue'
  if (nowMs + toleranceMs < lastSeenMs) return 'clock_before_last_seen'
  return undefined
}

/** Runs a step that may find the license malformed; any other exception is a fault of this package and stays one. */
function orMalformed<T>(step: () => T, toResult: (verdict: LicenseVerdict) => T): T {
  try {
    return step()
  } catch (error) {
    if (!(error instanceof MalformedLicenseError)) throw error
    return toResult({ status: 'malformed', message: error.message })
  }
}

function timeOf(date: Date, name: string): number {
  const ms = date.getTime()
  if (Number.isNaN(ms)) throw new TypeError(`${name} is not a time`)
  return ms
}

function duration(value: number, name: string): number {
  if (!Number.isFinite(value) || value < 0) throw new TypeError(`${name} is not a number from 0`)
  return value
}
