import { readFileSync } from 'node:fs'
import { GroupName, rfc3339 } from '@licenseoperator/domain'
import { issueManually } from '@licenseoperator/licensing'
import {
  createKeyRing,
  type LicenseVerdict,
  loadVerificationKey,
  parseLicenseWithoutVerifying,
  type RevocationList,
  type TrustedKeys,
  type VerificationKey,
  verifyLicense,
  verifyRevocationList,
} from '@licenseoperator/signing'
import type { Command, Context } from '../context.ts'
import { exitCodes } from '../exit-codes.ts'
import { configFor, keyRingOf, shellCaller, withDatabase } from '../load.ts'
import { outputOf } from '../output.ts'
import { printFacts } from '../print.ts'
import {
  domainName,
  emailAddress,
  instant,
  isSet,
  optionalText,
  parsed,
  requiredText,
  texts,
  wholeNumber,
} from '../read-flags.ts'
import { UsageError } from '../usage-error.ts'
import { resend } from './resend-license.ts'
import { revokeLicenseLinks } from './revoke-links.ts'
import { storedLicenses } from './stored-licenses.ts'

async function issue(context: Context): Promise<number> {
  const request = {
    group: parsed('group', GroupName, requiredText(context, 'group')) ?? '',
    email: parsed('email', emailAddress, requiredText(context, 'email')) ?? '',
    productKey: requiredText(context, 'product-key'),
    plan: optionalText(context, 'plan'),
    expiresAt: parsed('expires', instant, optionalText(context, 'expires')),
    domain: parsed('domain', domainName, optionalText(context, 'domain')),
    seats: parsed('seats', wholeNumber(0, 2_147_483_647), optionalText(context, 'seats')),
    priceLocked: isSet(context, 'price-locked') ? true : undefined,
  }
  if (request.group.length > 128) throw new UsageError('--group must have at most 128 characters')
  const caller = shellCaller(context)
  // Without --persist the license is only signed: no MySQL, no NATS, no Stripe key is needed.
  const issued = isSet(context, 'persist') ? await issueAndStore() : await issueOnly()
  const { license, created } = issued
  if (outputOf(context) === 'json') {
    const { licenseId, groupName, email, productKey, plan, seats, keyId, text } = license
    printFacts(context, {
      licenseId,
      group: groupName,
      email,
      productKey,
      plan,
      seats,
      expiresAt: rfc3339(license.expiresAt),
      keyId,
      created,
      text,
    })
  } else {
    context.print(license.text.trimEnd())
    context.note(created ? `issued ${license.licenseId}` : `${license.licenseId} existed already`)
  }
  return exitCodes.done

  async function issueOnly() {
    const config = configFor(context, ['security'])
    return issueManually(
      { keys: keyRingOf(config), db: undefined, policy: config.licensePolicy, now: context.now },
      caller,
      request,
    )
  }
  async function issueAndStore() {
    const config = configFor(context, ['security', 'mysql'])
    return withDatabase(config, ({ db }) =>
      issueManually({ keys: keyRingOf(config), db, policy: config.licensePolicy, now: context.now }, caller, request),
    )
  }
}

async function verify(context: Context, [file]: readonly string[]): Promise<number> {
  const text = readLicense(file)
  const publicKeys = texts(context, 'public-key')
  const ring =
    publicKeys.length > 0
      ? createKeyRing(publicKeys.map((path) => ({ key: loadVerificationKey(readText(path)) })))
      : keyRingOf(configFor(context, ['security']))
  const productKey = optionalText(context, 'product-key')
  const domain = optionalText(context, 'domain')
  const graceDays = parsed('grace-days', wholeNumber(0, 36_500), optionalText(context, 'grace-days'))
  const revocations = revocationsOf(context, ring)
  const verdict = verifyLicense(text, ring, {
    now: context.now,
    ...(revocations === undefined ? {} : { revocations }),
    ...(graceDays === undefined ? {} : { graceDays }),
    ...(productKey === undefined ? {} : { expectedProductKey: productKey.toLowerCase() }),
    ...(domain === undefined ? {} : { expectedDomain: domain }),
  })
  const revocation = revocationFact(verdict, revocations)
  const facts = { status: verdict.status, message: verdict.message, revocation, ...licenseOf(verdict) }
  printFacts(context, facts, { status: verdict.status === 'valid' ? 'good' : 'problem' })
  return verdict.status === 'valid' ? exitCodes.done : exitCodes.no
}

/** A list that cannot be trusted must not read as "nothing is revoked". */
function revocationsOf(context: Context, ring: TrustedKeys<VerificationKey>): RevocationList | undefined {
  const file = optionalText(context, 'revocations')
  if (file === undefined) return undefined
  const verdict = verifyRevocationList(readText(file), ring)
  if (verdict.status !== 'current') throw new UsageError(`--revocations: ${verdict.message}`)
  for (const { message } of verdict.uncounted)
    context.note(`warning: --revocations: one of the lists does not count, ${message}`, 'warning')
  return verdict.list
}

/** A license that nobody looked up on a list may have been revoked: `valid` alone would read as if it had been looked up. */
function revocationFact(verdict: LicenseVerdict, list: RevocationList | undefined): string {
  if (list === undefined) return 'not checked: no list was given with --revocations'
  const { productKey } = 'license' in verdict && verdict.license !== undefined ? verdict.license : { productKey: undefined }
  if (productKey !== undefined && !list.productKeys.includes(productKey))
    return `not checked: the list covers ${list.productKeys.join(', ')} and not ${productKey}`
  return `checked against list ${list.number} of ${list.issuedAt}`
}

function licenseOf(verdict: LicenseVerdict): object {
  return 'license' in verdict && verdict.license !== undefined ? verdict.license : {}
}

async function inspect(context: Context, [file]: readonly string[]): Promise<number> {
  const parsedLicense = parseLicenseWithoutVerifying(readLicense(file))
  if (parsedLicense.status === 'malformed') {
    printFacts(context, { status: parsedLicense.status, message: parsedLicense.message })
    return exitCodes.no
  }
  const { status, keyId, license } = parsedLicense
  printFacts(context, { status, keyId, ...license })
  return exitCodes.done
}

function readLicense(file: string | undefined): string {
  if (file === undefined) throw new UsageError('a license file is required (- for standard input)')
  return readText(file === '-' ? 0 : file)
}

function readText(file: string | 0): string {
  try {
    return readFileSync(file, 'utf8')
  } catch {
    throw new UsageError(`cannot read ${file === 0 ? 'standard input' : file}`)
  }
}

export const license: readonly Command[] = [
  {
    name: 'issue',
    description: 'Sign a license and print it',
    details:
      'With --persist it is stored as well, and an equal one that exists is printed instead of a new one. No event is emitted. ' +
      'The license goes to standard output, its id beside it.',
    needs: 'security; with --persist also mysql',
    outputs: ['table', 'json'],
    examples: [
      'licenseoperator license issue --group acme --email owner@acme.example --product-key core > acme.lic',
      'licenseoperator license issue --group acme --email owner@acme.example --product-key core --expires 2035-01-01T00:00:00Z --persist',
    ],
    flags: [
      ['--group <name>', 'Customer group', { required: true }],
      ['--email <address>', 'Contact of the customer', { required: true }],
      ['--product-key <key>', 'Product key; a signing key must be configured for it', { required: true }],
      ['--plan <plan>', 'Plan (default license_policy.default_plan)'],
      ['--expires <instant>', 'End of validity, RFC 3339 (default license_policy.default_term_days from now)'],
      ['--domain <domain>', 'Domain the license is bound to'],
      ['--seats <count>', 'Seat limit (default none)'],
      ['--price-locked', 'Mark the price as locked'],
      ['--persist', 'Store the license in MySQL'],
    ],
    run: issue,
  },
  {
    name: 'verify <file>',
    description: 'Say whether a license file is valid, and whether a revocation list was looked at',
    details:
      '- reads standard input. A list given with --revocations that cannot be trusted is refused: it would read as if nothing were revoked.',
    needs: 'security; nothing with --public-key',
    no: 'the license is not valid',
    examples: [
      'licenseoperator license verify acme.lic',
      'licenseoperator license verify acme.lic --public-key signing.pub.pem --product-key core',
    ],
    flags: [
      ['--public-key <file>', 'Trusted public key (repeatable; default: the configured signing keys)'],
      ['--product-key <key>', 'Product the license must be for'],
      ['--domain <domain>', 'Domain the license must be for'],
      ['--revocations <file>', 'Signed revocation list, as the API serves it; a license on it is not valid'],
      ['--grace-days <days>', 'Days after expiry in which it still counts as valid'],
    ],
    run: verify,
  },
  {
    name: 'inspect <file>',
    description: 'Show what a license file says, without verifying it',
    details: '- reads standard input. Anybody can write such a file: only license verify says whether it counts.',
    no: 'the file is no license',
    examples: ['licenseoperator license inspect acme.lic', 'licenseoperator license inspect - < acme.lic'],
    flags: [],
    run: inspect,
  },
  ...storedLicenses,
  resend,
  revokeLicenseLinks,
]
