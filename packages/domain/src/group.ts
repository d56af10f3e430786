/**
 * The one form in which group names are compared: trimmed, NFC, lower-case.
 * Tokens, paths, Stripe metadata and the binary-collated column all go through here, because a comparison that differs between the
 * authorization check and the query would let `äcme` read the licenses of `acme`.
 */
export function groupKey(group: string): string {
  return group.trim().normalize('NFC').toLowerCase()
}
