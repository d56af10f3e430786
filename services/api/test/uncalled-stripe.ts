import { once } from 'node:events'
import { createServer } from 'node:http'

/** Poses as Stripe and counts who calls: for what must be refused before Stripe hears of it. */
export async function startUncalledStripe(): Promise<{ apiBase: string; calls: () => number; stop: () => Promise<void> }> {
  let calls = 0
  const server = createServer((request, response) => {
    calls += 1
    request.resume()
    response.writeHead(500).end()
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('no port')
  return {
    apiBase: `http://127.0.0.1:${address.port}`,
    calls: () => calls,
    stop: async () => {
      server.close()
      server.closeAllConnections()
      await once(server, 'close')
    },
  }
}
