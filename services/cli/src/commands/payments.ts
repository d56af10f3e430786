import { open, rm } from 'node:fs/promises'
import { pipeline } from 'node:stream/promises'
import { paymentFilterOf, paymentRecord, paymentVerification } from '@licenseoperator/api-schemas'
import type { payments as stored } from '@licenseoperator/db'
import { silentLog } from '@licenseoperator/domain'
import { exportPayments, listPayments, paymentsCsv, paymentsCsvHeader, verifyPayment } from '@licenseoperator/payments'
import { createStripe } from '@licenseoperator/stripe'
import type { Command, Context } from '../context.ts'
import { exitCodes } from '../exit-codes.ts'
import { configFor, shellCaller, withDatabase } from '../load.ts'
import { money } from '../money.ts'
import { printFacts, printTable } from '../print.ts'
import { progressBar } from '../progress-bar.ts'
import { isSet, optionalText, pageFlags, pageOf } from '../read-flags.ts'
import { UsageError } from '../usage-error.ts'
import { cannotWrite, OWNER_ONLY } from '../write-new.ts'

const filterFlags = [
  ['--from <date>', 'First day, or instant (inclusive)'],
  ['--to <date>', 'Last day, or instant (inclusive)'],
  ['--product-id <id>', 'Stripe product id'],
  ['--group <name>', 'Customer group'],
  ['--name <text>', "Part of the customer's name"],
] as const

function filterOf(context: Context): stored.PaymentFilter {
  return paymentFilterOf({
    from: optionalText(context, 'from'),
    to: optionalText(context, 'to'),
    productId: optionalText(context, 'product-id'),
    organizationName: optionalText(context, 'group'),
    name: optionalText(context, 'name'),
  })
}

async function list(context: Context): Promise<number> {
  const { page, pageSize } = pageOf(context)
  const filter = filterOf(context)
  const { items, total } = await withDatabase(configFor(context, ['mysql']), ({ db }) =>
    listPayments({ db, requiredScopes: {} }, shellCaller(context), filter, { page, pageSize }),
  )
  const shown = items.map(paymentRecord)
  printTable(
    context,
    {
      paid: (payment) => payment.paidAt,
      group: (payment) => payment.organizationName,
      customer: (payment) => [payment.customerFirstName, payment.customerLastName].filter((name) => name !== undefined).join(' '),
      total: (payment) => money(payment.amountTotal, payment.currency),
      tax: (payment) => money(payment.amountTax, payment.currency),
      refunded: (payment) => (payment.amountRefunded === undefined ? undefined : money(payment.amountRefunded, payment.currency)),
      dispute: (payment) => payment.disputeStatus,
      net: (payment) => money(payment.amountNet ?? payment.amountTotal, payment.currency),
      product: (payment) => payment.productSlug ?? payment.productId,
      license: (payment) => payment.licenseId,
      invoice: (payment) => payment.invoiceId,
      'payment intent': (payment) => payment.paymentIntentId,
    },
    shown,
    { items: shown, page, pageSize, total },
  )
  return exitCodes.done
}

/** Rows go out as they are read; standard output carries nothing else, so that it can be piped. */
async function exportAll(context: Context): Promise<number> {
  const out = optionalText(context, 'out') ?? '-'
  const filter = filterOf(context)
  const rows = await withDatabase(configFor(context, ['mysql']), async ({ db }) => {
    const deps = { db, requiredScopes: {} }
    const caller = shellCaller(context)
    const { total } = await listPayments(deps, caller, filter, { page: 1, pageSize: 1 })
    const progress = progressBar(context, total)
    let count = 0
    async function* csv(): AsyncGenerator<string> {
      yield paymentsCsvHeader
      for await (const batch of exportPayments(deps, caller, filter)) {
        yield paymentsCsv(batch)
        count += batch.length
        progress.advance(batch.length)
      }
    }
    try {
      await (out === '-' ? toOutput(context, csv()) : toFile(out, csv()))
    } finally {
      progress.end()
    }
    return count
  })
  if (out !== '-') printFacts(context, { rows, file: out })
  return exitCodes.done
}

async function toOutput(context: Context, csv: AsyncIterable<string>): Promise<void> {
  // The line break that printing adds is the second half of the last row's.
  for await (const rows of csv) context.printRaw(rows.slice(0, -1))
}

async function toFile(path: string, csv: AsyncIterable<string>): Promise<void> {
  const file = await open(path, 'wx', OWNER_ONLY).catch((error: unknown) => {
    throw cannotWrite(path, error)
  })
  try {
    await pipeline(csv, file.createWriteStream())
  } catch (error) {
    // Half an export looks like a whole one, and it would be in the way of the next try.
    await rm(path, { force: true })
    if (error instanceof Error && 'syscall' in error) throw cannotWrite(path, error)
    throw error
  }
}

async function verify(context: Context, [id]: readonly string[]): Promise<number> {
  if (id === undefined) throw new UsageError('a license id is required')
  const config = configFor(context, ['stripe', 'mysql'])
  const stripe = createStripe({ apiKey: config.stripe.apiKey.reveal(), apiBase: config.stripe.apiBase })
  const verified = await withDatabase(config, ({ db }) =>
    verifyPayment({ db, stripe, requiredScopes: {}, log: silentLog, now: context.now }, shellCaller(context), id),
  )
  const { license, product, invoice, paymentIntent, recordedPayment } = paymentVerification(verified)
  if (isSet(context, 'json')) printFacts(context, { license, product, invoice, paymentIntent, recordedPayment })
  else {
    printFacts(context, {
      license: license.licenseId,
      type: license.licenseType,
      product: product?.slug,
      recorded:
        recordedPayment === undefined
          ? 'no payment'
          : `${money(recordedPayment.amountTotal, recordedPayment.currency)} at ${recordedPayment.paidAt}`,
      invoice: invoice === undefined ? 'none' : `${invoice.id} ${invoice.status}`,
      'payment intent': paymentIntent === undefined ? 'none' : `${paymentIntent.id} ${paymentIntent.status}`,
    })
  }
  return exitCodes.done
}

export const payments: readonly Command[] = [
  { name: 'list', description: 'Captured payments, newest first', flags: [...filterFlags, ...pageFlags], run: list },
  {
    name: 'export',
    description: 'Captured payments as CSV, newest first',
    flags: [
      ...filterFlags,
      ['--out <file>', 'Write it there (default - for standard output); an existing file is never replaced'],
    ],
    run: exportAll,
  },
  { name: 'verify <id>', description: 'What is known of the payment behind a license', flags: [], run: verify },
]
