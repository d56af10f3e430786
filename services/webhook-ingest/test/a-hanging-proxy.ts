import { connect, createServer, type Socket } from 'node:net'

export interface HangingProxy {
  readonly port: number
  /** From now on nothing passes any more, and nothing is closed either: a server that is paused, or a network that swallows. */
  hang(): void
  close(): Promise<void>
}

/** Stands before a server until it is told to hang. */
export async function openHangingProxy(target: { host: string; port: number }): Promise<HangingProxy> {
  const sockets = new Set<Socket>()
  let hangs = false
  const server = createServer((client) => {
    const upstream = hangs ? undefined : connect(target)
    for (const socket of [client, ...(upstream ? [upstream] : [])]) {
      sockets.add(socket)
      socket.on('error', () => undefined)
      socket.on('close', () => sockets.delete(socket))
    }
    if (upstream === undefined) return
    client.on('data', (bytes) => void (hangs || upstream.write(bytes)))
    upstream.on('data', (bytes) => void (hangs || client.write(bytes)))
    client.on('close', () => upstream.destroy())
    upstream.on('close', () => void (hangs || client.destroy()))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  return {
    port: typeof address === 'object' && address !== null ? address.port : 0,
    hang: () => {
      hangs = true
    },
    close: async () => {
      for (const socket of sockets) socket.destroy()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}
