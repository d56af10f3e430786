import { licenseListItem } from '@licenseoperator/api'
import type { licenses } from '@licenseoperator/db'
import { rfc3339 } from '@licenseoperator/domain'
import { downloadLicense, licenseStatus, listGroupLicenses, restoreLicense, revokeLicense } from '@licenseoperator/licensing'
import type { Command, Context } from '../context.ts'
import { exitCodes } from '../exit-codes.ts'
import { configFor, shellCaller, withDatabase } from '../load.ts'
import { printFacts, printTable } from '../print.ts'
import { optionalText, pageFlags, pageOf, requiredText } from '../read-flags.ts'
import { UsageError } from '../usage-error.ts'
import { writeNew } from '../write-new.ts'

async function list(context: Context): Promise<number> {
  const { page, pageSize } = pageOf(context)
  const query = { group: requiredText(context, 'group'), plan: optionalText(context, 'plan'), page, pageSize }
  const { items, total } = await withDatabase(configFor(context, ['mysql']), ({ db }) =>
    listGroupLicenses(db, shellCaller(context), query),
  )
  const shown = items.map((license) => licenseListItem(license, context.now()))
  printTable(
    context,
    {
      id: (one) => one.licenseId,
      product: (one) => one.productKey,
      plan: (one) => one.plan,
      status: (one) => one.status,
      issued: (one) => one.createdAt,
      expires: (one) => one.exp,
      domain: (one) => one.domain,
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
    name: 'list',
    description: "A group's licenses, newest first",
    flags: [['--group <name>', 'Customer group'], ['--plan <plan>', 'Only this plan'], ...pageFlags],
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
