import { z } from 'zod'
import { parseDuration } from './duration.ts'
import { Secret } from './secret.ts'

// Leaves accept what YAML gives and, because the environment has only text, the text of it. Every message is ours: zod's own would
// sometimes repeat the value, and the value may be a secret at the wrong key.

/** Why a value is refused. Never holds the value. */
export class Wrong {
  readonly message: string

  constructor(message: string) {
    this.message = message
  }
}

/** Turns a value of the file or the environment into what programs use, or says why not. */
export type Read<T> = (value: unknown) => T | Wrong

/** A value that has to be there. Give it a `.default()` where there is one. */
export function leaf<T>(read: Read<T>) {
  return z.unknown().transform((value, context): T => {
    const result = value === undefined ? new Wrong('is required') : read(value)
    if (!(result instanceof Wrong)) return result
    context.addIssue(result.message)
    return z.NEVER
  })
}

/** A value that may be absent. Empty text counts as absent: templates leave it where nothing was filled in. */
export function optionalLeaf<T>(read: Read<T>) {
  return z
    .unknown()
    .transform((value, context): T | undefined => {
      if (value === undefined || value === '') return undefined
      const result = read(value)
      if (!(result instanceof Wrong)) return result
      context.addIssue(result.message)
      return z.NEVER
    })
    .optional()
}

/** Text without the white space around it. */
export const readText: Read<string> = (value) => (typeof value === 'string' ? value.trim() : new Wrong('must be text'))

/** Text of at most `max` characters, at least one, that also fits `pattern`. */
export function readTextLike(rule: { max?: number; pattern?: RegExp; message?: string; lowerCase?: boolean }): Read<string> {
  const { max = 4096, pattern, message = `must be text of 1 to ${max} characters`, lowerCase = false } = rule
  return (value) => {
    const text = readText(value)
    if (text instanceof Wrong) return text
    const cased = lowerCase ? text.toLowerCase() : text
    return cased !== '' && cased.length <= max && (pattern === undefined || pattern.test(cased)) ? cased : new Wrong(message)
  }
}

export function readOneOf<const T extends string>(...choices: readonly T[]): Read<T> {
  const message = `must be ${new Intl.ListFormat('en', { type: 'disjunction' }).format(choices)}`
  return (value) =>
    choices.find((choice) => typeof value === 'string' && choice === value.trim().toLowerCase()) ?? new Wrong(message)
}

export const text = leaf(readText)
export const optionalText = optionalLeaf(readText)

export const flag = leaf((value) => {
  if (typeof value === 'boolean') return value
  if (value === 'true' || value === '1') return true
  if (value === 'false' || value === '0') return false
  return new Wrong('must be true or false')
})

function readWhole(min: number, max: number): Read<number> {
  const message = `must be a whole number from ${min} to ${max}`
  return (value) => {
    const number = typeof value === 'string' && /^\s*-?\d{1,15}\s*$/.test(value) ? Number(value) : value
    if (typeof number !== 'number' || !Number.isSafeInteger(number) || number < min || number > max) return new Wrong(message)
    return number
  }
}

export const whole = (min: number, max: number) => leaf(readWhole(min, max))

/** Milliseconds of a duration between the two, both in Go's notation as well. */
export function duration(min: string, max: string) {
  const [minMs = 0, maxMs = 0] = [min, max].map(parseDuration)
  return leaf((value) => {
    const ms = value === 0 ? 0 : typeof value === 'string' ? parseDuration(value.trim()) : undefined
    if (ms === undefined) return new Wrong('must be a duration with a unit, such as 5m or 1h30m')
    return ms >= minMs && ms <= maxMs ? ms : new Wrong(`must be a duration from ${min} to ${max}`)
  })
}

export const readSecret: Read<Secret> = (value) => {
  if (typeof value !== 'string') return new Wrong('must be text')
  return value.trim() === '' ? new Wrong('must not be empty') : new Secret(value.trim())
}

/** A list of text: a YAML list. */
export const readTexts: Read<string[]> = (value) => {
  const message = 'must be a list of text'
  if (!Array.isArray(value)) return new Wrong(message)
  const texts = value.filter((part) => typeof part === 'string').map((part) => part.trim())
  return texts.length === value.length ? texts.filter((part) => part !== '') : new Wrong(message)
}

/** A list of text: a YAML list, a JSON array, or text whose parts `separator` divides. */
export function readDivided(separator: RegExp): Read<string[]> {
  return (value) => {
    if (typeof value !== 'string') return readTexts(value)
    return readTexts(value.trim().startsWith('[') ? parseJson(value) : value.split(separator))
  }
}

/** @returns `undefined` for what is no JSON */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

/** An address to listen on: `:8082` or `127.0.0.1:8082`; port 0 is one that is free. */
const readAddress: Read<{ host: string; port: number }> = (value) => {
  const wrong = new Wrong('must be host:port or :port, the port from 0 to 65535')
  if (typeof value !== 'string') return wrong
  const match = /^(?:\[(?<v6>[0-9A-Fa-f:.]+)\]|(?<host>[A-Za-z0-9._-]*)):(?<port>\d{1,5})$/.exec(value.trim())?.groups
  const port = Number(match?.port)
  if (match === undefined || !(port <= 65_535)) return wrong
  const host = match.v6 ?? match.host ?? ''
  return { host: host === '' ? '0.0.0.0' : host, port }
}
export const address = leaf(readAddress)
export const optionalAddress = optionalLeaf(readAddress)

const LOOPBACK = /^(?:(?:[a-z0-9-]+\.)*localhost|127(?:\.\d{1,3}){3}|\[::1\])$/

/** A web address: https, or http on this machine; no credentials, no fragment. `javascript:` and its like are URLs to most validators. */
export const readWebUrl: Read<string> = (value) => {
  const url = readHttpUrl(value)
  if (url instanceof Wrong) return url
  const { protocol, hostname } = new URL(url)
  return protocol === 'https:' || LOOPBACK.test(hostname) ? url : new Wrong('must be an https URL (http only for this machine)')
}

/** An absolute http or https URL without credentials and fragment, whatever the host. */
export const readHttpUrl: Read<string> = (value) => {
  if (typeof value !== 'string') return new Wrong('must be an absolute URL')
  const written = value.trim()
  // URL parsers drop line breaks and turn backslashes around: such text would mean different hosts to different readers.
  if (!/^https?:\/\/[^\s\\\p{Cc}]+$/iu.test(written) || !URL.canParse(written))
    return new Wrong('must be an absolute http or https URL')
  if (/^[^/]+\/\/[^/?#]*@/.test(written)) return new Wrong('must not hold credentials')
  return written.includes('#') ? new Wrong('must not hold a fragment') : written
}

/** Origins as browsers write them, a list or divided by commas; a single slash behind one is forgiven. */
export const origins = leaf(readDivided(/,/)).pipe(
  z.array(
    z.string().transform((value, context) => {
      const url = readWebUrl(value)
      const parsed = url instanceof Wrong ? url : new URL(url)
      if (parsed instanceof URL && parsed.pathname === '/' && parsed.search === '') return parsed.origin
      context.addIssue(parsed instanceof URL ? 'must be an origin, without a path' : parsed.message)
      return z.NEVER
    }),
  ),
)
