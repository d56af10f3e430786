import type { OperationNote } from '../operation-note.ts'

const badDay = {
  when: 'A bound is no date',
  code: 'invalid_filter',
  error: 'invalid filter: from must be a date such as 2026-03-01 or an instant such as 2026-03-01T00:00:00Z',
  field: 'from',
} as const

const longValue = {
  when: 'A value is longer than any that is kept',
  code: 'invalid_payload',
  error: 'invalid filter: name must have at most 1000 character(s)',
  field: 'name',
} as const

export const reportNotes = {
  listPayments: {
    description:
      'Captured payments for the revenue team, newest first, by time, group, product or customer. Amounts are what Stripe captured, in minor units; what went back later is in the record. Names are matched in whatever case.',
    caller: 'sysadmin',
    scope: 'payments:read',
    failed: 'failed to list payments',
    parameters: { from: '2026-01-01' },
    refusals: {
      bad_day: badDay,
      long_value: longValue,
      bad_page: {
        when: 'The page is no number from 1',
        code: 'invalid_filter',
        error: 'invalid filter: page must be a whole number of 1 or more',
        field: 'page',
      },
    },
  },
  exportPayments: {
    description:
      'The same payments as one CSV file for a spreadsheet, whatever their number: it is written while it is read. A connection that breaks off means that the file is not whole.',
    caller: 'sysadmin',
    scope: 'payments:export',
    failed: 'failed to export payments',
    parameters: { from: '2026-01-01' },
    refusals: { bad_day: badDay, long_value: longValue },
  },
} satisfies Record<string, OperationNote>
