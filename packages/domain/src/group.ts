import { createHash } from 'node:crypto'

/**
 * The one form in which group names are compared: trimmed, NFC, lower-case.
 * Tokens, paths, Stripe metadata and the binary-collated column all go through here, because a comparison that differs between the
 * authorization check and the query would let `äcme` read the licenses of `acme`.
 */
export function groupKey(group: string): string {
  return group.trim().normalize('NFC').toLowerCase()
}

const PERSONAL = 'identity:'

/**
 * The group of one who buys without a group. It comes from the identity alone: an e-mail address says who somebody claims to be, and may be
 * somebody else's tomorrow. What would not survive `groupKey` unchanged, or is too long for a group, is hashed.
 */
export function personalGroup(identity: string): string {
  return /^[0-9a-z._-]{1,64}$/.test(identity)
    ? `${PERSONAL}${identity}`
    : `${PERSONAL}~${createHash('sha256').update(identity).digest('hex')}`
}

/** True for a name that only an identity makes its bearer a member of: no token's list of groups may hold it. */
export function isPersonalGroup(group: string): boolean {
  return groupKey(group).startsWith(PERSONAL)
}

/** A cookie domain as it is stored: trimmed, lower-case, leading dot kept. `undefined` for blank text. */
export function normaliseDomain(domain: string | undefined): string | undefined {
  const stored = domain?.trim().toLowerCase()
  return stored === '' ? undefined : stored
}
