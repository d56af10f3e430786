import { createHash } from 'node:crypto'
import { existsSync, readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import type { OpenAPIHono } from '@hono/zod-openapi'
import type { HttpEnv } from '@licenseoperator/http'
import type { Context } from 'hono'
import { describeApi } from '../describe-api.ts'

const BASE = '/authlance/license'
/** Everything comes from us, nothing is inline, and the page may ask nobody but us. */
const POLICY =
  "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"

const PAGE = `<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><title>License Operator API</title>
<meta name="viewport" content="width=device-width, initial-scale=1">
<link rel="icon" href="data:,">
<link rel="stylesheet" href="docs/swagger-ui.css">
</head>
<body><div id="reference"></div>
<script src="docs/swagger-ui-bundle.js"></script>
<script src="docs/start.js"></script>
</body>
</html>
`
const START = `SwaggerUIBundle({
  url: 'openapi.json',
  dom_id: '#reference',
  deepLinking: true,
  docExpansion: 'list',
  validatorUrl: null,
  persistAuthorization: false,
})
`

/** The description of the API at `openapi.json` and a page to read and try it at `docs`. Public: it says nothing that the contract does not. */
export function addDocs(app: OpenAPIHono<HttpEnv>): void {
  const files: Record<string, () => Asset> = {
    'openapi.json': once(() => asset('application/json', JSON.stringify(describeApi(app)))),
    docs: once(() => asset('text/html; charset=utf-8', PAGE)),
    'docs/start.js': once(() => asset('text/javascript; charset=utf-8', START)),
    'docs/swagger-ui.css': once(() => asset('text/css; charset=utf-8', packaged('swagger-ui.css'))),
    'docs/swagger-ui-bundle.js': once(() => asset('text/javascript; charset=utf-8', packaged('swagger-ui-bundle.js'))),
  }
  for (const [path, load] of Object.entries(files)) app.get(`${BASE}/${path}`, (c) => answer(c, load()))
}

interface Asset {
  readonly type: string
  /** Bytes, which all answers share: text would be encoded anew for each. */
  readonly body: Uint8Array<ArrayBuffer>
  readonly etag: string
}

function asset(type: string, body: string): Asset {
  return {
    type,
    body: new TextEncoder().encode(body),
    etag: `"${createHash('sha256').update(body).digest('base64url').slice(0, 27)}"`,
  }
}

function answer(c: Context<HttpEnv>, { type, body, etag }: Asset): Response {
  const headers = { etag, 'cache-control': 'public, max-age=300', 'content-security-policy': POLICY }
  if (c.req.header('if-none-match') === etag) return c.body(null, 304, headers)
  return c.body(body, 200, { ...headers, 'content-type': type })
}

/** Beside the bundle where we are bundled (see `build`), else in the package. */
function packaged(name: string): string {
  const beside = new URL(`./docs/${name}`, import.meta.url)
  return readFileSync(existsSync(beside) ? beside : createRequire(import.meta.url).resolve(`swagger-ui-dist/${name}`), 'utf8')
}

function once<T>(make: () => T): () => T {
  let made: { value: T } | undefined
  return () => {
    made ??= { value: make() }
    return made.value
  }
}
