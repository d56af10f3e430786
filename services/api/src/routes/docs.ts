import { createHash } from 'node:crypto'
import { existsSync, readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { promisify } from 'node:util'
import { gzip } from 'node:zlib'
import type { OpenAPIHono } from '@hono/zod-openapi'
import type { HttpEnv } from '@licenseoperator/http'
import type { Context } from 'hono'
import { describeApi } from '../describe-api.ts'
import { referencePage, referenceStart } from '../reference/page.ts'

const BASE = '/authlance/license'
/**
 * Scripts are files of ours, none is inline or made from text, and the page may ask nobody but us. The page's styles are made by its script, so they
 * alone may be inline.
 */
const POLICY =
  "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; font-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"

/** The description of the API at `openapi.json` and a page to read and try it at `docs`. Public: it says nothing that the contract does not. */
export function addDocs(app: OpenAPIHono<HttpEnv>, publicBaseUrl: string | undefined): void {
  const files: Record<string, () => Promise<Asset>> = {
    'openapi.json': once(() => asset('application/json', JSON.stringify(describeApi(app, publicBaseUrl)))),
    docs: once(() => asset('text/html; charset=utf-8', referencePage)),
    'docs/start.js': once(() => asset('text/javascript; charset=utf-8', referenceStart)),
    'docs/reference.js': once(() => asset('text/javascript; charset=utf-8', referenceScript())),
  }
  for (const [path, load] of Object.entries(files)) app.get(`${BASE}/${path}`, async (c) => answer(c, await load()))
}

interface Asset {
  readonly type: string
  /** Bytes, which all answers share: text would be encoded and compressed anew for each. */
  readonly plain: Body
  readonly zipped: Body
}

interface Body {
  readonly bytes: Uint8Array<ArrayBuffer>
  readonly etag: string
}

async function asset(type: string, text: string): Promise<Asset> {
  const digest = createHash('sha256').update(text).digest('base64url').slice(0, 27)
  return {
    type,
    plain: { bytes: new TextEncoder().encode(text), etag: `"${digest}"` },
    // Beside the event loop: the page's script takes a fifth of a second, in which others want to buy.
    zipped: { bytes: new Uint8Array(await promisify(gzip)(text)), etag: `"${digest}-gzip"` },
  }
}

function answer(c: Context<HttpEnv>, { type, plain, zipped }: Asset): Response {
  const takesGzip = /\bgzip\b(?!\s*;\s*q=0(?:\.0*)?\s*(?:,|$))/i.test(c.req.header('accept-encoding') ?? '')
  const { bytes, etag } = takesGzip ? zipped : plain
  const headers = {
    etag,
    vary: 'accept-encoding',
    'cache-control': 'public, max-age=300',
    'content-security-policy': POLICY,
    ...(takesGzip ? { 'content-encoding': 'gzip' } : {}),
  }
  if (c.req.header('if-none-match') === etag) return c.body(null, 304, headers)
  return c.body(bytes, 200, { ...headers, 'content-type': type })
}

/** Beside the bundle where we are bundled (see `build`), else in the package. */
function referenceScript(): string {
  const beside = new URL('./docs/reference.js', import.meta.url)
  if (existsSync(beside)) return readFileSync(beside, 'utf8')
  // The package's exports do not name its browser build, so it is found from the one file that they do.
  const style = createRequire(import.meta.url).resolve('@scalar/api-reference/style.css')
  return readFileSync(join(dirname(style), 'browser/standalone.js'), 'utf8')
}

function once<T>(make: () => T): () => T {
  let made: { value: T } | undefined
  return () => {
    made ??= { value: make() }
    return made.value
  }
}
