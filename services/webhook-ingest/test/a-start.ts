import { type Config, loadConfig } from '@licenseoperator/config'
import type { TestDatabase } from '@licenseoperator/db/testing'
import { type Log, silentLog } from '@licenseoperator/domain'
import { generateSigningKey } from '@licenseoperator/signing'
import type { Emulator } from '@licenseoperator/stripe-emulator'

export const RECEIVER = 'http://127.0.0.1:8083'
export const RECEIVER_URL = `${RECEIVER}/authlance/license/stripe/webhook`

/** A whole configuration for a service that starts beside this Stripe and this MySQL. */
export async function aConfig(
  { database, emulator }: { database: TestDatabase; emulator: Pick<Emulator, 'url' | 'apiKey'> },
  variables: Readonly<Record<string, string>> = {},
): Promise<Config> {
  const key = await generateSigningKey({ modulusLength: 2048 })
  const env = {
    LICENSEOPERATOR_SECURITY: JSON.stringify([{ product_key: 'core', private_key_pem: key.privateKeyPem }]),
    LICENSEOPERATOR_INTERNAL_AUTH_JWT_SECRET: 'a shared secret of at least 32 bytes',
    LICENSEOPERATOR_STRIPE_API_KEY: emulator.apiKey,
    LICENSEOPERATOR_STRIPE_API_BASE: emulator.url,
    LICENSEOPERATOR_STRIPE_WEBHOOK_SECRET: 'whsec_of_this_test',
    LICENSEOPERATOR_STRIPE_ROOT_APP_URL: 'https://app.example.com',
    LICENSEOPERATOR_NATS_URL: 'nats://127.0.0.1:9',
    LICENSEOPERATOR_MYSQL_DSN: database.dsn,
    LICENSEOPERATOR_SERVER_PUBLIC_BASE_URL: RECEIVER,
    ...variables,
  }
  return loadConfig({ path: undefined, env }).config
}

/** A log that keeps what was said, by level. */
export function aLog(): Log & { readonly said: { level: string; message: string; fields: Record<string, unknown> }[] } {
  const said: { level: string; message: string; fields: Record<string, unknown> }[] = []
  const at =
    (level: string) =>
    (message: string, fields: Record<string, unknown> = {}) =>
      void said.push({ level, message, fields })
  return { ...silentLog, info: at('info'), warn: at('warn'), error: at('error'), said }
}
