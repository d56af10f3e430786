import { Agent, request } from 'node:http'
import { parentPort, workerData } from 'node:worker_threads'

// Sends signed webhooks over kept-alive connections from a thread of its own, so that sending does not share the server's event loop.

interface Load {
  readonly url: string
  readonly bodies: readonly { readonly body: string; readonly signature: string }[]
  readonly connections: number
  readonly durationMs: number
}

const { url, bodies, connections, durationMs } = workerData as Load
const agent = new Agent({ keepAlive: true, maxSockets: connections })
let next = 0
let accepted = 0

function post(): Promise<void> {
  const { body, signature } = bodies[next++ % bodies.length] ?? { body: '', signature: '' }
  return new Promise((resolve, reject) => {
    const headers = {
      'content-type': 'application/json',
      'content-length': Buffer.byteLength(body),
      'stripe-signature': signature,
    }
    const sent = request(url, { method: 'POST', agent, headers }, (response) => {
      response.resume()
      response.on('end', () => {
        if (response.statusCode !== 200) return reject(new Error(`the server answered ${response.statusCode}`))
        accepted += 1
        resolve()
      })
    })
    sent.on('error', reject)
    sent.end(body)
  })
}

async function run(ms: number): Promise<number> {
  accepted = 0
  const start = performance.now()
  const loop = async () => {
    while (performance.now() - start < ms) await post()
  }
  await Promise.all(Array.from({ length: connections }, loop))
  return (accepted * 1000) / (performance.now() - start)
}

await run(durationMs / 5)
const result = await run(durationMs)
agent.destroy()
parentPort?.postMessage(result)
