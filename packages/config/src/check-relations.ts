import { checkBundles } from './check-bundles.ts'
import type { ConfigProblem } from './config-error.ts'
import { doubtfulCatalog } from './doubtful-catalog.ts'
import { readDivided, Wrong } from './leaf.ts'
import { maps, repeated } from './maps.ts'
import { isMap, type Raw } from './read-yaml.ts'
import { subjects } from './sections.ts'

/** What a scope claim can name; contract of the bearer token. */
const SURFACES: ReadonlySet<string> = new Set([
  'catalog:admin',
  'licenses:issue',
  'licenses:read',
  'licenses:revoke',
  'trials:issue',
  'payments:checkout',
  'payments:read',
  'payments:export',
])

/** How a file or a variable writes `false`. */
const OFF: ReadonlySet<unknown> = new Set([false, 'false', '0'])

/** Rules between keys, as problems; only of the sections that are asked for. */
export function checkRelations(raw: Raw, sections: ReadonlySet<string>): ConfigProblem[] {
  const problems: ConfigProblem[] = []
  if (sections.has('security')) problems.push(...repeated(maps(raw.security), 'product_key', 'security', 'is configured twice'))
  if (sections.has('stripe') && isMap(raw.stripe)) {
    problems.push(...checkStripe(raw.stripe))
    if (sections.has('security') && Array.isArray(raw.security))
      problems.push(...checkProductKeys(maps(raw.stripe.products), maps(raw.security)))
  }
  if (sections.has('nats') && isMap(raw.nats)) problems.push(...checkSubjects(raw.nats), ...checkNatsUser(raw.nats))
  if (isMap(raw.mail)) problems.push(...checkMail(raw.mail))
  for (const section of ['nats', 'mysql', 'mail'] as const)
    if (sections.has(section) && isMap(raw[section])) problems.push(...checkClientCertificate(raw[section].tls, `${section}.tls`))
  return problems
}

/** What is allowed and probably not meant. */
export function doubtful(raw: Raw, sections: ReadonlySet<string>): string[] {
  const warnings: string[] = []
  if (isMap(raw.retention)) {
    for (const key of Object.keys(raw.retention))
      if (key !== 'delete_only_trials') warnings.push(`retention.${key}: has no effect, nothing is deleted yet`)
  }
  if (isMap(raw.retention) && OFF.has(raw.retention.delete_only_trials)) {
    warnings.push('retention.delete_only_trials: false has no effect, paid licenses are never deleted')
  }
  if (isMap(raw.mail)) warnings.push(...doubtfulMail(raw.mail, raw))
  if (isMap(raw.server)) warnings.push(...doubtfulServer(raw.server))
  if (sections.has('internal_auth') && isMap(raw.internal_auth)) warnings.push(...doubtfulIssuer(raw.internal_auth))
  if (sections.has('internal_auth') && isMap(raw.internal_auth) && isMap(raw.internal_auth.required_scopes)) {
    const unknown = Object.keys(raw.internal_auth.required_scopes).filter((name) => !SURFACES.has(name)).length
    if (unknown > 0)
      warnings.push(
        `internal_auth.required_scopes: ${unknown} of its names protect nothing; known are ${[...SURFACES].join(', ')}`,
      )
  }
  if (sections.has('stripe') && isMap(raw.stripe)) {
    warnings.push(...doubtfulCatalog(raw.stripe))
  }
  return warnings
}

/** Who is the client: a wrong answer makes all of them one, or lets each choose who it is. */
function doubtfulServer(server: Raw): string[] {
  const proxies = readDivided(/[\s,]+/)(server.trusted_proxies ?? [])
  const named = proxies instanceof Wrong ? [] : proxies
  const everybody = named.some((proxy) => /\/0+$/.test(proxy))
  // This process speaks no TLS: behind an https address somebody else does.
  const proxied = typeof server.public_base_url === 'string' && /^\s*https:/i.test(server.public_base_url)
  return [
    ...(everybody ? ['server.trusted_proxies: believes everybody about their address; name the proxies in front'] : []),
    ...(proxied && named.length === 0
      ? ['server.trusted_proxies: is empty although public_base_url is https; behind a proxy all clients count as one address']
      : []),
    ...(proxied && (server.admin_addr ?? '') === ''
      ? ['server.admin_addr: is empty although public_base_url is https; /metrics and /readyz are answered on the public address']
      : []),
  ]
}

/** Allowed, and seldom meant. */
function doubtfulMail(mail: Raw, { nats }: Raw): string[] {
  const host = typeof mail.host === 'string' ? mail.host.trim() : ''
  const meant = ['from', 'user', 'password'].some((key) => mail[key] !== undefined && mail[key] !== '')
  if (host === '') return meant ? ['mail.host: is empty, so no mail is sent'] : []
  const onlyConsumer = isMap(nats) && nats.license_issued_retention === 'workqueue'
  return [
    ...(onlyConsumer ? ['nats.license_issued_retention: workqueue admits one consumer, and mail is it'] : []),
    ...(mail.secure === 'none' && !/^(?:localhost|127\.|\[?::1)/.test(host)
      ? ['mail.secure: none sends licenses unencrypted']
      : []),
  ]
}

/** Without them every token that the provider ever signed, for whichever program, is good here. */
function doubtfulIssuer({ jwks_url: url, issuer, audience }: Raw): string[] {
  const filled = (value: unknown) => typeof value === 'string' && value.trim() !== ''
  if (!filled(url) || (filled(issuer) && filled(audience))) return []
  const missing = [...(filled(issuer) ? [] : ['issuer']), ...(filled(audience) ? [] : ['audience'])].join(' and ')
  return [`internal_auth.jwks_url: without ${missing} tokens that the provider made for other programs are accepted`]
}

function checkStripe(stripe: Raw): ConfigProblem[] {
  const problems: ConfigProblem[] = []
  const overridden = stripe.api_base !== undefined && stripe.api_base !== ''
  // A live key must not travel to a test double.
  if (overridden && typeof stripe.api_key === 'string' && /^\s*[a-z_]*live_/.test(stripe.api_key)) {
    problems.push({ path: 'stripe.api_base', message: 'must not be set together with a live key' })
  }
  const products = maps(stripe.products)
  problems.push(...repeated(products, 'slug', 'stripe.products', 'is used twice'), ...repeatedLookupKeys(products))
  return [...problems, ...checkBundles(products)]
}

/** As the stored catalog compares them: outer white space aside, letter case not, and without one it is the slug. */
function repeatedLookupKeys(products: readonly (Raw | undefined)[]): ConfigProblem[] {
  const filled = (value: unknown) => (typeof value === 'string' && value.trim() !== '' ? value.trim() : undefined)
  const keys = products.map((product) =>
    product === undefined || OFF.has(product.active) ? undefined : (filled(product.lookup_key) ?? filled(product.slug)),
  )
  return keys.flatMap((key, index) =>
    key === undefined || keys.indexOf(key) === index
      ? []
      : [
          {
            path: `stripe.products[${index}].lookup_key`,
            message: 'is used twice among active products (by default it is the slug)',
          },
        ],
  )
}

/** A product without a signing key could be sold and not be delivered. */
function checkProductKeys(products: readonly (Raw | undefined)[], security: readonly (Raw | undefined)[]): ConfigProblem[] {
  const name = (holder: Raw | undefined) =>
    typeof holder?.product_key === 'string' ? holder.product_key.trim().toLowerCase() : ''
  const known = new Set(security.map(name))
  return products.flatMap((product, index) =>
    name(product) === '' || known.has(name(product))
      ? []
      : [{ path: `stripe.products[${index}].product_key`, message: 'has no signing key in security' }],
  )
}

function checkSubjects(nats: Raw): ConfigProblem[] {
  const { subject_license_issued: issued, subject_stripe_webhook: webhook } = subjects
  // One stream covers each subject, and no two streams may cover the same.
  return (nats.subject_license_issued ?? issued) === (nats.subject_stripe_webhook ?? webhook)
    ? [{ path: 'nats.subject_stripe_webhook', message: 'must differ from subject_license_issued' }]
    : []
}

/** Who we are to NATS is said once: a client would take one of two and leave the operator to guess which. */
function checkNatsUser(nats: Raw): ConfigProblem[] {
  const inUrl = typeof nats.url === 'string' && /^\s*\w+:\/\/[^/]*@/.test(nats.url)
  const given = [inUrl && 'credentials in url', nats.credentials && 'credentials', nats.nkey_seed && 'nkey_seed'].filter(Boolean)
  const path = nats.credentials ? 'nats.credentials' : 'nats.nkey_seed'
  return given.length > 1 ? [{ path, message: `${given.join(' and ')} exclude each other` }] : []
}

/** What mail needs once there is a server for it, and what must not travel unencrypted. */
function checkMail(mail: Raw): ConfigProblem[] {
  const filled = (key: string) => mail[key] !== undefined && mail[key] !== ''
  if (!filled('host')) return []
  const problems: ConfigProblem[] = []
  if (!filled('from')) problems.push({ path: 'mail.from', message: 'is required: mail.host is set' })
  if (filled('user') !== filled('password'))
    problems.push({ path: `mail.${filled('user') ? 'password' : 'user'}`, message: 'is required: user and password go together' })
  if (filled('password') && mail.secure === 'none')
    problems.push({ path: 'mail.secure', message: 'must not be none where a password is sent' })
  return problems
}

function checkClientCertificate(tls: unknown, path: string): ConfigProblem[] {
  if (!isMap(tls) || !tls.cert === !tls.key) return []
  return [
    {
      path: `${path}.${tls.cert ? 'key' : 'cert'}`,
      message: 'is required: a client certificate needs its key, and a key its certificate',
    },
  ]
}
