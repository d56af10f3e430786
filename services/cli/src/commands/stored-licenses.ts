import { licenseListItem } from '@licenseoperator/api-schemas'
import type { licenseSearch, licenses } from '@licenseoperator/db'
import { hasLicensePrefix, rfc3339 } from '@licenseoperator/domain'
import { downloadLicense, findLicenses, licenseStatus, restoreLicense, revokeLicense } from '@licenseoperator/licensing'
import { isCheckoutSessionId, isCustomerId, isInvoiceId, isPaymentIntentId, isSubscriptionId } from '@licenseoperator/stripe'
import type { Command, Context } from '../context.ts'
import { exitCodes } from '../exit-codes.ts'
import { configFor, shellCaller, withDatabase } from '../load.ts'
import { printFacts, printTable } from '../print.ts'
import { optionalText, pageFlags, pageOf, requiredText } from '../read-flags.ts'
import { UsageError } from '../usage-error.ts'
import { writeNew } from '../write-new.ts'

/** How a text that stands alone is looked for: by what its form says it is. */
const FORMS: readonly (readonly [isOfForm: (text: string) => boolean, field: keyof licenseSearch.LicenseFilter])[] = [
  [(text) => text.includes('@'), 'email'],
  [hasLicensePrefix, 'licenseId'],
  [isCustomerId, 'customerId'],
  [isCheckoutSessionId, 'checkoutSessionId'],
  [isPaymentIntentId, 'paymentIntentId'],
  [isInvoiceId, 'invoiceId'],
  [isSubscriptionId, 'subscriptionId'],
]

const filterFlags = [
  ['--group <name>', 'Customer group'],
  ['--plan <plan>', 'Only this plan'],
  ['--email <address>', 'Contact of the customer'],
  ['--id <prefix>', 'How the license id begins'],
  ['--customer <id>', 'Stripe customer, cus_…'],
  ['--session <id>', 'Stripe checkout session, cs_…'],
  ['--payment-intent <id>', 'Stripe payment intent, pi_…, of any payment for the license'],
  ['--invoice <id>', 'Stripe invoice, in_…, of any payment for the license'],
  ['--subscription <id>', 'Stripe subscription, sub_…'],
] as const

function filterOf(context: Context, text: string | undefined): licenseSearch.LicenseFilter {
  const flags = {
    group: optionalText(context, 'group'),
    plan: optionalText(context, 'plan'),
    email: optionalText(context, 'email'),
    licenseId: optionalText(context, 'id'),
    customerId: optionalText(context, 'customer'),
    checkoutSessionId: optionalText(context, 'session'),
    paymentIntentId: optionalText(context, 'payment-intent'),
    invoiceId: optionalText(context, 'invoice'),
    subscriptionId: optionalText(context, 'subscription'),
  }
  const wanted = text?.trim()
  if (wanted === undefined || wanted === '') return flags
  const field = FORMS.find(([isOfForm]) => isOfForm(wanted))?.[1] ?? 'group'
  if (flags[field] !== undefined) throw new UsageError(`${wanted} is looked for as ${field}, which a flag names as well`)
  return { ...flags, [field]: wanted }
}

async function list(context: Context, [text]: readonly string[]): Promise<number> {
  const { page, pageSize } = pageOf(context)
  const filter = filterOf(context, text)
  const { items, total } = await withDatabase(configFor(context, ['mysql']), ({ db }) =>
    findLicenses(db, shellCaller(context), filter, { page, pageSize }),
  )
  const shown = items.map((license) => ({
    ...licenseListItem(license, context.now()),
    email: license.email,
    stripe: license.stripe,
  }))
  printTable(
    context,
    {
      id: (license) => license.licenseId,
      group: (license) => license.groupName,
      email: (license) => license.email,
      product: (license) => license.productKey,
      plan: (license) => license.plan,
      status: (license) => license.status,
      issued: (license) => license.createdAt,
      expires: (license) => license.exp,
      domain: (license) => license.domain,
    },
    shown,
    { items: shown, page, pageSize, total },
  )
  return exitCodes.done
}

async function show(context: Context, [id]: readonly string[]): Promise<number> {
  const license = await stored(context, id)
  const {
    issuedAt,
    expiresAt,
    maintenanceExpiresAt,
    maintenanceIncludedUntil: _included,
    state,
    stripe,
    text: _text,
    ...facts
  } = license
  printFacts(context, {
    status: licenseStatus(license, context.now()),
    ...facts,
    issuedAt: rfc3339(issuedAt),
    expiresAt: rfc3339(expiresAt),
    ...(maintenanceExpiresAt === undefined ? {} : { maintenanceExpiresAt: rfc3339(maintenanceExpiresAt) }),
    ...stateFacts(state),
    ...stripe,
  })
  return exitCodes.done
}

function stateFacts({ revokedAt, revokedReason, supersededBy, disputed, adminRevokedNote }: licenses.LicenseState) {
  return {
    ...(revokedAt === undefined ? {} : { revokedAt: rfc3339(revokedAt) }),
    ...(revokedReason === undefined ? {} : { revokedReason }),
    ...(adminRevokedNote === undefined ? {} : { revocationNote: adminRevokedNote }),
    ...(supersededBy === undefined ? {} : { supersededBy }),
    ...(disputed ? { disputed } : {}),
  }
}

/** `revoke` and `restore`: both ask for a note, which the audit log keeps. */
function decideOn(decide: typeof revokeLicense): (context: Context, ids: readonly string[]) => Promise<number> {
  return async (context, [id]) => {
    if (id === undefined) throw new UsageError('a license id is required')
    const note = requiredText(context, 'reason')
    if (note.length > 255) throw new UsageError('--reason must have at most 255 characters')
    const config = configFor(context, ['mysql'])
    const license = await withDatabase(config, ({ db }) =>
      decide({ db, requiredScopes: {}, policy: config.licensePolicy, now: context.now }, shellCaller(context), id, note),
    )
    const { licenseId, groupName, state } = license
    printFacts(context, { licenseId, groupName, status: licenseStatus(license, context.now()), ...stateFacts(state) })
    return exitCodes.done
  }
}

async function download(context: Context, [id]: readonly string[]): Promise<number> {
  const { text, licenseId } = await stored(context, id)
  const out = optionalText(context, 'out')
  if (out === undefined) {
    context.printRaw(text.trimEnd())
    return exitCodes.done
  }
  writeNew(out, text)
  printFacts(context, { licenseId, file: out })
  return exitCodes.done
}

function stored(context: Context, id: string | undefined) {
  if (id === undefined) throw new UsageError('a license id is required')
  return withDatabase(configFor(context, ['mysql']), ({ db }) => downloadLicense(db, shellCaller(context), id))
}

/** What is done with licenses that are in the database. */
export const storedLicenses: readonly Command[] = [
  {
    name: 'list [text]',
    description:
      'Stored licenses, newest first; [text] is a group, an e-mail address, the start of a license id, or an id of Stripe',
    flags: [...filterFlags, ...pageFlags],
    run: list,
  },
  { name: 'show <id>', description: 'What is known of a stored license', flags: [], run: show },
  {
    name: 'download <id>',
    description: 'The text of a stored license, exactly as issued or last re-signed',
    flags: [['--out <file>', 'Write it there; an existing file is never replaced']],
    run: download,
  },
  {
    name: 'revoke <id>',
    description: 'Revoke one license, whatever is paid for it later',
    flags: [['--reason <text>', 'Why; kept in the audit log and shown with the license']],
    run: decideOn(revokeLicense),
  },
  {
    name: 'restore <id>',
    description: 'Take a revocation by an operator back; a refund, a lost dispute or a cancellation still counts',
    flags: [['--reason <text>', 'Why; kept in the audit log']],
    run: decideOn(restoreLicense),
  },
]
