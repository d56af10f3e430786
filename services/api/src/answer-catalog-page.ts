import type { HttpEnv } from '@licenseoperator/http'
import type { Context } from 'hono'
import type { CatalogPage } from './catalog-view.ts'

/**
 * A page of the public catalog, or 304 when the client has it. Caches keep it and ask each time, so a change is seen at once and costs the
 * unchanged case no body.
 */
export function answerCatalogPage(c: Context<HttpEnv>, { json, etag }: CatalogPage): Response {
  const headers = { etag, 'cache-control': 'public, max-age=0, must-revalidate' }
  if (matchesEntityTag(c.req.header('if-none-match'), etag)) return c.body(null, 304, headers)
  return c.body(json, 200, { ...headers, 'content-type': 'application/json' })
}

/** RFC 9110 section 13.1.2: `*` or a list of tags, compared weakly. */
export function matchesEntityTag(header: string | undefined, etag: string): boolean {
  if (header === undefined) return false
  return header.trim() === '*' || header.split(',').some((tag) => tag.trim().replace(/^W\//, '') === etag)
}
