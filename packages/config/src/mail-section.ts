import { refusalOf } from '@licenseoperator/domain'
import { z } from 'zod'
import { tlsFiles } from './connection-leaves.ts'
import {
  duration,
  leaf,
  optionalLeaf,
  optionalText,
  readOneOf,
  readSecret,
  readTextLike,
  readWebUrl,
  readWhole,
  Wrong,
} from './leaf.ts'

const readHost = readTextLike({
  max: 253,
  pattern: /^(?:[A-Za-z0-9._-]+|\[?[0-9A-Fa-f:.]+\]?)$/,
  message: 'must be a host name or address',
})
const LOCALE_MESSAGE = 'must be a locale such as en or de-AT'
const readLocaleLike = readTextLike({
  max: 35,
  pattern: /^[A-Za-z]{2,8}(?:-[A-Za-z0-9]{1,8})*$/,
  message: LOCALE_MESSAGE,
})

/** Dates and numbers of a mail are written with it: what `Intl` refuses would fail with every mail. */
function readLocale(value: unknown): string | Wrong {
  const locale = readLocaleLike(value)
  if (locale instanceof Wrong) return locale
  try {
    Intl.getCanonicalLocales(locale)
    return locale
  } catch {
    return new Wrong(LOCALE_MESSAGE)
  }
}

/** Who a mail comes from: an address, or a name and the address in angle brackets. */
export interface Sender {
  readonly name: string | undefined
  readonly address: string
}

/** The name and the address go into a header: neither may hold anything that ends it. */
function readSender(value: unknown): Sender | Wrong {
  const wrong = new Wrong('must be an address, or a name and an address as in License Desk <licenses@example.com>')
  if (typeof value !== 'string' || refusalOf(value, { max: 400 }) !== undefined) return wrong
  const match = /^(?:(?<name>[^<>"]+?)\s*<(?<inBrackets>[^<>]+)>|(?<bare>[^<>\s]+))$/.exec(value.trim())?.groups
  const address = match?.inBrackets ?? match?.bare ?? ''
  return z.email().max(254).safeParse(address).success ? { name: match?.name, address } : wrong
}

/** Mail to the buyers of licenses; nobody sends any where `host` is not set. */
export const mailSection = z
  .object(
    {
      host: optionalLeaf(readHost),
      port: optionalLeaf(readWhole(1, 65_535)),
      secure: leaf(readOneOf('starttls', 'tls', 'none')).default('starttls'),
      user: optionalText,
      password: optionalLeaf(readSecret),
      tls: tlsFiles,
      from: optionalLeaf(readSender),
      templates: optionalText,
      locale: leaf(readLocale).default('en'),
      link_base_url: optionalLeaf(readWebUrl),
      link_ttl: duration('1h', '87600h').prefault('2160h'),
    },
    'must be a map',
  )
  .transform((s) => ({
    host: s.host,
    port: s.port,
    secure: s.secure,
    user: s.user,
    password: s.password,
    tls: s.tls,
    from: s.from,
    templates: s.templates,
    locale: s.locale,
    linkBaseUrl: s.link_base_url,
    linkTtlMs: s.link_ttl,
  }))
