/** What a vendor decides: whether a license goes when its money does. Configuration `license_policy.revoke_on_…`. */
export interface RevocationPolicy {
  readonly revokeOnFullRefund: boolean
  readonly revokeOnLostDispute: boolean
  readonly revokeOnCancellation: boolean
}

/** Everything that decides what a license is, gathered from what is stored; nothing here depends on the order in which it became known. */
export interface LicenseFacts {
  readonly revokedByOperator: boolean
  /** A payment that the license stands on was taken back by the customer's bank. */
  readonly disputeLost: boolean
  /** A dispute over such a payment is open. */
  readonly disputeOpen: boolean
  /** Such a payment was given back in full. */
  readonly refundedInFull: boolean
  /** Its item was taken off the subscription, or set to nothing, and the unused time was credited. */
  readonly creditedEarly: boolean
  /** Its subscription ended before the paid period did. */
  readonly endedEarly: boolean
  /** The license that a change of plan put in its place. */
  readonly supersededBy: string | undefined
}

export interface RevocationRule {
  /** As `licenses.revoked_reason`, reports and the revocation list name it. */
  readonly reason: 'admin' | 'dispute_lost' | 'refunded' | 'canceled' | 'superseded'
  /** For people; printed in the documentation. */
  readonly meaning: string
  /** Key of the configuration that switches the rule off. */
  readonly switchedOffBy?: keyof RevocationPolicy
  readonly holds: (facts: LicenseFacts) => boolean
}

/** Why a license is revoked, the strongest reason first. The first that holds counts; when none does, the payment does and the license is good. */
export const revocationRules = [
  {
    reason: 'admin',
    meaning: 'an operator revoked it, or the one whose place it took by a change of plan',
    holds: (facts) => facts.revokedByOperator,
  },
  {
    reason: 'dispute_lost',
    meaning: "the customer's bank took the payment back",
    switchedOffBy: 'revokeOnLostDispute',
    holds: (facts) => facts.disputeLost,
  },
  {
    reason: 'refunded',
    meaning: 'the payment was given back in full',
    switchedOffBy: 'revokeOnFullRefund',
    holds: (facts) => facts.refundedInFull,
  },
  {
    reason: 'canceled',
    meaning: 'the subscription contains it no longer, and its unused time was credited',
    holds: (facts) => facts.creditedEarly,
  },
  {
    reason: 'canceled',
    meaning: 'the subscription ended before the paid period did',
    switchedOffBy: 'revokeOnCancellation',
    holds: (facts) => facts.endedEarly,
  },
  {
    reason: 'superseded',
    meaning: 'a change of plan put another license in its place',
    holds: (facts) => facts.supersededBy !== undefined,
  },
] as const satisfies readonly RevocationRule[]

export type RevocationReason = (typeof revocationRules)[number]['reason']

/** Why a license with these facts is revoked; `undefined` when it is not. */
export function revocationOf(facts: LicenseFacts, policy: RevocationPolicy): RevocationReason | undefined {
  const rules: readonly RevocationRule[] = revocationRules
  return rules.find((rule) => (rule.switchedOffBy === undefined || policy[rule.switchedOffBy]) && rule.holds(facts))?.reason
}
