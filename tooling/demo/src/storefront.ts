import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { createServer, type ServerResponse } from 'node:http'
import type { Environment } from './environment.ts'

const FOLDER = new URL('../storefront/', import.meta.url)
/** What the storefront serves, by path; the second and third are where Stripe's page sends a customer to. */
const files: Readonly<Record<string, readonly [file: string, type: string]>> = {
  '/': ['shop.html', 'text/html'],
  '/licenses/group': ['return.html', 'text/html'],
  '/pricing': ['shop.html', 'text/html'],
  '/shop.js': ['shop.js', 'text/javascript'],
  '/return.js': ['return.js', 'text/javascript'],
  '/operator.js': ['operator.js', 'text/javascript'],
  '/style.css': ['style.css', 'text/css'],
}

/**
 * A shop that sells what the environment has on sale: static files and the session of a customer who is always logged in. Everything else its pages
 * ask the API themselves, as a real storefront does.
 */
export async function startStorefront(options: {
  port: number
  environment: Pick<Environment, 'apiUrl' | 'group' | 'tokenOf'>
}): Promise<{ stop: () => Promise<void> }> {
  const { apiUrl, group, tokenOf } = options.environment
  const policy = `default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self' ${apiUrl}; base-uri 'none'; form-action 'none'`
  const send = (response: ServerResponse, status: number, type: string, body: string | Buffer) =>
    response
      .writeHead(status, {
        'content-type': `${type}; charset=utf-8`,
        'content-security-policy': policy,
        'cache-control': 'no-store',
        'x-content-type-options': 'nosniff',
      })
      .end(body)
  const server = createServer((request, response) => {
    const { pathname } = new URL(request.url ?? '/', 'http://localhost')
    const [file, type] = files[pathname] ?? []
    if (file !== undefined && type !== undefined) send(response, 200, type, readFileSync(new URL(file, FOLDER)))
    else if (pathname === '/session.json')
      // A new token for every page: a tab that stays open for days still buys.
      void tokenOf('ada', group).then((token) => {
        const session = { apiUrl, group, token, email: `ada@${group}.example` }
        send(response, 200, 'application/json', JSON.stringify(session))
      })
    else send(response, 404, 'text/plain', 'not found')
  })
  server.listen(options.port, '127.0.0.1')
  await once(server, 'listening')
  return {
    stop: async () => {
      server.close()
      server.closeAllConnections()
      await once(server, 'close')
    },
  }
}
