import type { Stack } from '@licenseoperator/stack'

/** The configuration of a throw-away environment. */
export function configuration(facts: {
  stack: Stack
  key: { privateKeyPem: string; publicKeyPem: string }
  apiPort: number
  ingestPort: number
  apiUrl: string
  emulator: { url: string; apiKey: string }
  webhookSecret: string
  jwtSecret: string
  products: readonly object[]
}): Record<string, object> {
  return {
    server: { addr: `127.0.0.1:${facts.apiPort}`, public_base_url: facts.apiUrl, drain_delay: '0s' },
    ingest: { addr: `127.0.0.1:${facts.ingestPort}` },
    security: ['core', 'core_one_off'].map((product_key) => ({
      product_key,
      private_key_pem: facts.key.privateKeyPem,
      public_key_pem: facts.key.publicKeyPem,
    })),
    internal_auth: { jwt_secret: facts.jwtSecret, token_ttl: '2h' },
    stripe: {
      api_key: facts.emulator.apiKey,
      webhook_secret: facts.webhookSecret,
      root_app_url: 'https://shop.example',
      frontend_base_path: 'dashboard',
      api_base: facts.emulator.url,
      default_subscription_slug: 'core',
      default_one_off_slug: 'core-one-off',
      products: facts.products,
    },
    nats: { url: facts.stack.natsUrl },
    mysql: { dsn: facts.stack.mysqlDsn, max_open_conns: 20 },
    product_display: { description: 'Core, self-hosted', features: ['Runs on your machines', 'Verified offline'] },
  }
}

/** A configuration with keys added or replaced, section by section. */
export function withSettings(
  base: Record<string, object>,
  settings: Readonly<Record<string, object>> = {},
): Record<string, object> {
  const added = Object.entries(settings).map(([name, section]) => [name, { ...base[name], ...section }])
  return { ...base, ...Object.fromEntries(added) }
}
