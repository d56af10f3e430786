import {
  assertGroup,
  assertMember,
  assertText,
  type Caller,
  DomainError,
  isPersonalGroup,
  personalGroup,
} from '@licenseoperator/domain'

/**
 * The group that a checkout buys for.
 *
 * @param named  `organizationName` of the request
 * @throws DomainError `forbidden` for another group, and for a person's own where groups are required; `invalid_payload` where none is named
 */
export function groupOf(settings: { readonly requireGroupName: boolean }, caller: Caller, named: string | undefined): string {
  const group = filled(named)
  if (group !== undefined) {
    assertMember(caller, group)
    if (settings.requireGroupName && isPersonalGroup(group)) throw new DomainError('forbidden', 'forbidden')
    return group
  }
  // Where groups are not required, the buyer is a group of one: of the identity, because an e-mail address may be anybody's.
  if (!settings.requireGroupName) return personalGroup(caller.identity)
  throw new DomainError('invalid_payload', 'invalid request: organizationName is required', { field: 'organizationName' })
}

/** What is written into the purchase's metadata is read when it is paid; what cannot be read then is refused while nothing is paid. */
export function assertReadable(caller: Caller, group: string): void {
  assertGroup('organizationName', group)
  assertText('identity', caller.identity, { max: 255 })
  if (caller.email !== undefined) assertText('email', caller.email, { max: 254 })
}

/** Text without the spaces around it; an empty one is as if it were not there. */
export function filled(text: string | undefined): string | undefined {
  const trimmed = text?.trim()
  return trimmed === '' ? undefined : trimmed
}
