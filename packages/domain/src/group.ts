import { createHash } from 'node:crypto'
import { DomainError } from './error.ts'
import { characters, refusalOf, text } from './text.ts'

/** Characters of the columns that hold a group and its key: a name of at most 128, or an e-mail address of at most 254. */
const MOST_CHARACTERS = 255
const TOO_LONG = `must have at most ${MOST_CHARACTERS} characters in lower-case form`

/** A group as it is sent. Its key can be longer than the name: `İ` has two characters in lower case. */
export const GroupName = text({ max: 128 }).refine((name) => characters(groupKey(name)) <= MOST_CHARACTERS, TOO_LONG)

/** Why a name cannot be a group's; `undefined` when it can. */
export function refusalOfGroup(name: string): string | undefined {
  return refusalOf(name, { max: MOST_CHARACTERS }) ?? (characters(groupKey(name)) > MOST_CHARACTERS ? TOO_LONG : undefined)
}

/** @throws DomainError `invalid_payload` naming the field; never the value */
export function assertGroup(field: string, name: string): void {
  const refusal = refusalOfGroup(name)
  if (refusal !== undefined) throw new DomainError('invalid_payload', `invalid payload: ${field} ${refusal}`, { field })
}

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
