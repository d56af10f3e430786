import { expect, test } from 'vitest'
import { cronSchedule } from './cron.ts'

test.each(['0 3 * * *', '*/5 * * * *', '0,30 8-18/2 1 1-12 1-5', '59 23 31 12 7', '5/10 0 * * 0', '0  3  *  *  *'])(
  '%j is a cron expression',
  (text) => {
    expect(cronSchedule(text)?.nextRun()).toBeInstanceOf(Date)
  },
)

test.each([
  '',
  '0 3 * *',
  '0 3 * * * *',
  '60 3 * * *',
  '0 24 * * *',
  '0 0 0 * *',
  '0 0 * 13 *',
  '0 0 * * 8',
  '*/0 * * * *',
  '5-1 * * * *',
  '@daily',
  '0 3 * * MON',
  ', * * * *',
  '-1 * * * *',
  '*/70 * * * *',
  '/5 * * * *',
  '0 0 L * *',
  '0 0 31 2 *',
  '2026-01-01T00:00:00',
])('%j is none', (text) => {
  expect(cronSchedule(text)).toBeUndefined()
})

test('a schedule is UTC, and a step may start at a number', () => {
  const schedule = cronSchedule('5/25 3 * * *')
  expect(schedule?.nextRuns(4, '2026-03-01T02:00:00Z').map((run) => run.toISOString())).toEqual([
    '2026-03-01T03:05:00.000Z',
    '2026-03-01T03:30:00.000Z',
    '2026-03-01T03:55:00.000Z',
    '2026-03-02T03:05:00.000Z',
  ])
})
