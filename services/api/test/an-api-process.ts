import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { generateSigningKey } from '@licenseoperator/signing'
import { SECRET } from './settings.ts'

export interface ApiProcess {
  readonly url: string
  /** Memory that the process holds by now. */
  residentMiB(): number
  stop(): Promise<void>
}

const started = new Set<ChildProcess>()
const key = generateSigningKey({ modulusLength: 2048 })

/** The real program, as a process of its own. All of them sign with one key. */
export async function startApiProcess(dsn: string): Promise<ApiProcess> {
  const { privateKeyPem } = await key
  const child = spawn(process.execPath, [new URL('../src/main.ts', import.meta.url).pathname], {
    stdio: ['ignore', 'pipe', 'inherit'],
    env: {
      PATH: process.env.PATH,
      LICENSEOPERATOR_SERVER_ADDR: '127.0.0.1:0',
      LICENSEOPERATOR_SERVER_DRAIN_DELAY: '0s',
      LICENSEOPERATOR_MYSQL_DSN: dsn,
      LICENSEOPERATOR_NATS_URL: process.env.LICENSEOPERATOR_TEST_NATS_URL,
      LICENSEOPERATOR_INTERNAL_AUTH_JWT_SECRET: SECRET,
      LICENSEOPERATOR_SECURITY: JSON.stringify([{ product_key: 'core', private_key_pem: privateKeyPem }]),
      LICENSEOPERATOR_STRIPE_API_KEY: 'sk_test_none',
      LICENSEOPERATOR_STRIPE_WEBHOOK_SECRET: 'whsec_none',
      LICENSEOPERATOR_STRIPE_ROOT_APP_URL: 'https://app.example.com',
    },
  })
  started.add(child)
  const url = await new Promise<string>((resolve, reject) => {
    let log = ''
    child.stdout.on('data', (chunk) => {
      log += String(chunk)
      const found = /"url":"([^"]+)"/.exec(log)?.[1]
      if (found !== undefined) resolve(found)
    })
    child.on('exit', () => reject(new Error(`the api ended: ${log}`)))
  })
  return {
    url,
    residentMiB: () => Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${child.pid}/status`, 'utf8'))?.[1]) / 1024,
    stop: async () => {
      child.kill('SIGTERM')
      await once(child, 'exit')
      started.delete(child)
    },
  }
}

/** For a test that failed half-way. */
export function stopAllApis(): void {
  for (const child of started) child.kill('SIGKILL')
  started.clear()
}
