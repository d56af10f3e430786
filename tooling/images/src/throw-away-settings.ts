import { randomBytes } from 'node:crypto'
import { generateSigningKey } from '@licenseoperator/signing'

const productKeys = ['core', 'core_one_off', 'platform', 'platform_one_off', 'suite', 'suite_one_off']

/**
 * The variables that config.example.yaml says it needs, with keys that open nothing. Those of the neighbours stand apart: compose sets them itself,
 * and a service of it that lacks one must not find it here.
 */
export async function throwAwaySettings(facts: {
  mysqlDsn: string
  natsUrl: string
  stripe: { url: string; apiKey: string }
}): Promise<{ settings: Record<string, string>; neighbours: Record<string, string> }> {
  const { privateKeyPem } = await generateSigningKey({ modulusLength: 2048 })
  const settings = {
    LICENSEOPERATOR_SECURITY: JSON.stringify(productKeys.map((product_key) => ({ product_key, private_key_pem: privateKeyPem }))),
    LICENSEOPERATOR_INTERNAL_AUTH_JWT_SECRET: randomBytes(48).toString('base64url'),
    LICENSEOPERATOR_STRIPE_API_KEY: facts.stripe.apiKey,
    LICENSEOPERATOR_STRIPE_API_BASE: facts.stripe.url,
    LICENSEOPERATOR_STRIPE_WEBHOOK_SECRET: `whsec_${randomBytes(32).toString('base64url')}`,
    LICENSEOPERATOR_STRIPE_ROOT_APP_URL: 'https://shop.example',
  }
  return { settings, neighbours: { LICENSEOPERATOR_NATS_URL: facts.natsUrl, LICENSEOPERATOR_MYSQL_DSN: facts.mysqlDsn } }
}
