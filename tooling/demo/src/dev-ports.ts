import { createServer } from 'node:net'
import { freePort } from './environment.ts'

/** Where `dev` listens, from start to start, so that bookmarks and configurations stay good. */
export const devPorts = { storefront: 4240, api: 4241, ingest: 4242, emulator: 4243, mysql: 4244, nats: 4245 } as const
export type DevPorts = Record<keyof typeof devPorts, number>

/** The ports of `dev`, with a free one and a word to the user in place of each that somebody else has. */
export async function choosePorts(say: (line: string) => void, wanted: DevPorts = devPorts): Promise<DevPorts> {
  const choose = async (name: keyof DevPorts) => {
    if (await isFree(wanted[name])) return wanted[name]
    const other = await freePort()
    say(`port ${wanted[name]} of the ${name} is taken: it gets ${other} this time`)
    return other
  }
  return {
    storefront: await choose('storefront'),
    api: await choose('api'),
    ingest: await choose('ingest'),
    emulator: await choose('emulator'),
    mysql: await choose('mysql'),
    nats: await choose('nats'),
  }
}

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer()
    server.once('error', () => resolve(false))
    server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)))
  })
}
