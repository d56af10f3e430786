import { createHash } from 'node:crypto'
import type { licenses } from '@licenseoperator/db'
import { isPersonalGroup, rfc3339 } from '@licenseoperator/domain'
import { licenseStatus } from '@licenseoperator/licensing'
import { html, raw } from 'hono/html'

const STYLE = `body{font:16px/1.5 system-ui,sans-serif;max-width:40em;margin:2em auto;padding:0 1em;color-scheme:light dark}
th{text-align:left;padding-right:1.5em;vertical-align:top;white-space:nowrap}td{overflow-wrap:anywhere}
pre{overflow-x:auto;padding:.75em;border:1px solid}a.button{display:inline-block;padding:.5em 1em;border:1px solid}`

/** Nothing is loaded and nothing runs; the one style is known by its digest. */
export const LINK_PAGE_POLICY = `default-src 'none'; style-src 'sha256-${createHash('sha256').update(STYLE).digest('base64')}'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'`

const STATES = { ACTIVE: 'valid', EXPIRED: 'expired', REVOKED: 'revoked' } as const

export interface LinkPage {
  readonly license: licenses.StoredLicense
  readonly productName: string
  /** Path of the license's file. */
  readonly download: string
  /** Where the buyer manages what they bought. */
  readonly portal: string
  readonly now: Date
}

/** The page of a signed link: what was bought, what became of it, its file, how to verify it, and the way to the billing portal. */
export function licenseLinkPage({ license, productName, download, portal, now }: LinkPage): string {
  const { licenseId, groupName, plan, seats, domain, issuedAt, expiresAt, maintenanceExpiresAt, keyId, state } = license
  const status = licenseStatus(license, now)
  const reason = state.revokedReason === undefined ? '' : ` (${state.revokedReason})`
  const facts = [
    ['License', licenseId],
    ['For', isPersonalGroup(groupName) ? undefined : groupName],
    ['Plan', plan],
    ['State', `${STATES[status]}${reason}`],
    ['Seats', seats],
    ['Domain', domain],
    ['Issued', rfc3339(issuedAt)],
    ['Valid until', license.kind === 'perpetual' ? 'it does not expire' : rfc3339(expiresAt)],
    ['Maintenance until', maintenanceExpiresAt && rfc3339(maintenanceExpiresAt)],
    ['Signing key', keyId],
  ].filter(([, value]) => value !== undefined)
  const file = `${licenseId}.lic`
  return String(html`<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><title>License for ${productName}</title>
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex">
<link rel="icon" href="data:,">
<style>${raw(STYLE)}</style>
</head>
<body>
<h1>License for ${productName}</h1>
<table>
${facts.map(([name, value]) => html`<tr><th scope="row">${name}</th><td>${value}</td></tr>\n`)}</table>
<p><a class="button" href="${download}" download="${file}">Download ${file}</a></p>
<h2>Verify it</h2>
<p>Your software does this by itself. By hand, with <code>public.pem</code>, the public key of whoever sold it to you:</p>
<pre>sed '/^-----/d' ${file} | base64 -d > parts
sed -n 2p parts | base64 -d > payload; sed -n 3p parts | base64 -d > signature
openssl dgst -sha256 -verify public.pem -signature signature payload</pre>
<h2>Renewal, invoices, payment method</h2>
<p><a href="${portal}" rel="noreferrer">Sign in to manage what you bought</a></p>
</body>
</html>
`)
}
