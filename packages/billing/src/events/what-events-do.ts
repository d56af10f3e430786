import { revocationRules } from '@licenseoperator/licensing'
import type { HandledEvent } from './handled-events.ts'

interface Effect {
  /** What it means, in a vendor's words. */
  readonly tells: string
  /** What becomes of licenses. */
  readonly license: string
  readonly payment: string
  readonly announced: string
}

const nothing = '–'

/**
 * What each Stripe event does. For people: `packages/billing/README.md` prints it, and a test keeps the two the same. The order in which events
 * arrive decides nothing; where a row says "is", the present state at Stripe is meant, not the one when the event was made.
 */
export const whatEventsDo: Readonly<Record<HandledEvent, Effect>> = {
  'checkout.session.completed': {
    tells: 'a customer went through checkout',
    license:
      'paid, or nothing to pay: issues the license, of a bundle one for it and one per part, all or none; ends with the term, the paid period or the trial. Not paid yet: nothing, what was held stays held. For maintenance: the license is maintained a year longer, under its own id',
    payment: 'recorded, unless nothing was due',
    announced: 'purchase, or maintenance',
  },
  'checkout.session.async_payment_succeeded': {
    tells: 'a delayed payment arrived',
    license: 'as a paid checkout',
    payment: 'recorded',
    announced: 'purchase, or maintenance',
  },
  'checkout.session.async_payment_failed': {
    tells: 'a delayed payment did not arrive',
    license: 'none; what the checkout held is free again',
    payment: nothing,
    announced: nothing,
  },
  'checkout.session.expired': {
    tells: 'a checkout was abandoned',
    license: 'none; what the checkout held is free again',
    payment: nothing,
    announced: nothing,
  },
  'invoice.paid': {
    tells: 'a period, or a change within one, is paid for',
    license:
      'first invoice: the same license as its checkout, whichever comes first. Next period: a license for it, with the plan and seats that were paid for. Change of plan or quantity: a license for the rest of the period, which supersedes the old one; also when less became due. Maintenance: maintained until the end of the period',
    payment: 'recorded, unless nothing was due',
    announced: 'purchase, renewal, or maintenance',
  },
  'invoice.payment_succeeded': {
    tells: 'as invoice.paid, sent only when something was charged',
    license: 'as invoice.paid',
    payment: 'as invoice.paid',
    announced: 'once for both',
  },
  'invoice.payment_failed': {
    tells: 'a period could not be charged',
    license: 'none is issued for that period; earlier ones end when they end',
    payment: nothing,
    announced: nothing,
  },
  'customer.subscription.updated': {
    tells: 'a subscription changed: canceled for later, undone, past due, another plan',
    license: 'stays: what was paid for counts, and a change counts once its invoice is paid',
    payment: nothing,
    announced: nothing,
  },
  'customer.subscription.deleted': {
    tells: 'a subscription ended',
    license:
      'before the paid period did: revoked as canceled. At its end: nothing. Perpetual licenses stay; maintenance is not renewed',
    payment: nothing,
    announced: nothing,
  },
  'charge.refunded': {
    tells: 'money was given back',
    license:
      "all of it: that purchase's licenses are revoked as refunded, and no other. A part: nothing. Of maintenance: maintained as long as the rest pays for",
    payment: 'shows what is refunded',
    announced: nothing,
  },
  'refund.updated': {
    tells: 'a refund moved on',
    license: 'as charge.refunded',
    payment: 'shows what is refunded',
    announced: nothing,
  },
  'refund.failed': {
    tells: "the customer's bank did not take the refund",
    license: 'what the refund revoked is good again',
    payment: 'shows what is refunded',
    announced: nothing,
  },
  'charge.dispute.created': {
    tells: "the customer's bank disputes a payment, or asks about it",
    license: "marked as disputed, still good; an inquiry doesn't mark",
    payment: 'shows the dispute',
    announced: nothing,
  },
  'charge.dispute.updated': {
    tells: 'a dispute moved on',
    license: 'marked while it is open',
    payment: 'shows the dispute',
    announced: nothing,
  },
  'charge.dispute.closed': {
    tells: 'a dispute was decided',
    license: 'won: the mark goes, the license is good. Lost: revoked as dispute_lost',
    payment: 'shows the dispute',
    announced: nothing,
  },
}

/** The table as Markdown, a section for each event, and the order in which reasons for a revocation count. */
export function describeEffects(): string {
  const events = Object.entries(whatEventsDo).flatMap(([event, { tells, license, payment, announced }]) => [
    `### \`${event}\``,
    '',
    ...wrapped(`Tells that ${tells}.`, ''),
    '',
    ...wrapped(`- licenses: ${license}`, '  '),
    ...wrapped(`- payment: ${payment}`, '  '),
    ...wrapped(`- announced: ${announced}`, '  '),
    '',
  ])
  const reasons = revocationRules.flatMap((rule, index) => [
    ...wrapped(`${index + 1}. \`${rule.reason}\`: ${rule.meaning}`, '   '),
    ...('switchedOffBy' in rule ? [`   (switched off by \`license_policy.${snakeCase(rule.switchedOffBy)}\`)`] : []),
  ])
  return [...events, '### Why a license is revoked, the strongest reason first', '', ...reasons].join('\n')
}

/** Lines of at most 100 columns, those behind the first one indented. */
function wrapped(text: string, indent: string): string[] {
  const lines: string[] = []
  for (const word of text.split(' ')) {
    const line = lines.at(-1)
    if (line !== undefined && line.length + 1 + word.length <= 100) lines[lines.length - 1] = `${line} ${word}`
    else lines.push(line === undefined ? word : `${indent}${word}`)
  }
  return lines
}

function snakeCase(name: string): string {
  return name.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)
}
