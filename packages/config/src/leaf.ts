import { z } from 'zod'
import { parseDuration } from './duration.ts'
import { Secret } from './secret.ts'

// Leaves accept what YAML gives and, because the environment has only text, the text of it. Messages never repeat the value.

const fail = (message: string) => ({ error: message })

export const text = z.string(fail('must be text')).trim()

export const flag = z.union(
  [z.boolean(), z.enum(['true', 'false', '1', '0']).transform((value) => value === 'true' || value === '1')],
  fail('must be true or false'),
)

export function whole(min: number, max: number) {
  const message = `must be a whole number from ${min} to ${max}`
  const digits = z
    .string()
    .trim()
    .regex(/^-?\d{1,15}$/)
    .transform(Number)
  return z
    .union([z.number(), digits], fail(message))
    .refine((value) => Number.isSafeInteger(value) && value >= min && value <= max, fail(message))
}

export const duration = z
  .union([z.string(), z.literal(0).transform(() => '0')], fail('must be a duration such as 5m or 1h30m'))
  .transform((value, context) => {
    const ms = parseDuration(value.trim())
    if (ms !== undefined) return ms
    context.addIssue('must be a duration such as 5m or 1h30m')
    return z.NEVER
  })

export const secret = z
  .string(fail('must be text'))
  .min(1, fail('must not be empty'))
  .transform((value) => new Secret(value))

/** An address to listen on: `:8082` or `127.0.0.1:8082`. */
export const address = z.string(fail('must be host:port or :port')).transform((value, context) => {
  const match = /^(?:\[(?<v6>[0-9A-Fa-f:.]+)\]|(?<host>[^:\s/]*)):(?<port>\d{1,5})$/.exec(value.trim())?.groups
  const port = Number(match?.port ?? Number.NaN)
  if (match === undefined || !(port <= 65_535)) {
    context.addIssue('must be host:port or :port')
    return z.NEVER
  }
  return { host: match.v6 ?? (match.host === undefined || match.host === '' ? '0.0.0.0' : match.host), port }
})

const LOOPBACK = /^(?:localhost|127(?:\.\d{1,3}){3}|\[::1\])$/

/** A web address: https, or http on this machine; no credentials, no fragment. `javascript:` and its like are URLs to most validators. */
export const webUrl = z.string(fail('must be an absolute URL')).superRefine((value, context) => {
  if (!URL.canParse(value)) return context.addIssue('must be an absolute URL')
  const url = new URL(value)
  if (url.protocol !== 'https:' && !(url.protocol === 'http:' && LOOPBACK.test(url.hostname))) {
    context.addIssue('must be an https URL (http only for this machine)')
  }
  if (url.username !== '' || url.password !== '') context.addIssue('must not hold credentials')
  if (url.hash !== '') context.addIssue('must not hold a fragment')
})

/** Five fields of a cron expression, UTC. */
export const cron = z
  .string(fail('must be a cron expression of five fields'))
  .trim()
  .refine((value) => isCron(value), fail('must be a cron expression of five fields'))

const CRON_RANGES = [
  [0, 59],
  [0, 23],
  [1, 31],
  [1, 12],
  [0, 7],
] as const

function isCron(value: string): boolean {
  const fields = value.split(/\s+/)
  return (
    fields.length === CRON_RANGES.length &&
    fields.every((field, index) => field.split(',').every((part) => isCronPart(part, CRON_RANGES[index])))
  )
}

function isCronPart(part: string, range: readonly [number, number] | undefined): boolean {
  const match = /^(?:\*|(?<from>\d{1,2})(?:-(?<to>\d{1,2}))?)(?:\/(?<step>\d{1,2}))?$/.exec(part)
  if (match === null || range === undefined || match.groups?.step === '0') return false
  const ends = [match.groups?.from, match.groups?.to].filter((end) => end !== undefined).map(Number)
  return ends.every((end) => end >= range[0] && end <= range[1]) && (ends.length < 2 || Number(ends[0]) <= Number(ends[1]))
}
