import { Cron } from 'croner'

/** What croner reads and no crontab: names (`MON`), nicknames (`@daily`), its own signs (`L`, `#`, `?`), a step without a start. */
const NO_CRONTAB = /[^\d*,/\s-]|(?:^|[\s,])\//

/**
 * The schedule of a cron expression of five fields, UTC: numbers, `*`, ranges, lists and steps; 0 and 7 are both Sunday. The configuration is
 * checked with it and the scheduler runs by it, so that what is accepted is what runs.
 *
 * @returns undefined for anything else, and for what never comes (`0 0 31 2 *`)
 */
export function cronSchedule(text: string): Cron | undefined {
  if (NO_CRONTAB.test(text)) return undefined
  try {
    // `5/10`, which crontabs know, is sloppy to croner.
    const schedule = new Cron(text, { mode: '5-part', timezone: 'UTC', sloppyRanges: true })
    return schedule.nextRun() === null ? undefined : schedule
  } catch {
    // It says what is wrong in terms of its own parser; the configuration says what it must be.
    return undefined
  }
}
