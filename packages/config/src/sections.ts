import { z } from 'zod'
import { natsCredentials, natsSeed, tlsFiles } from './connection-leaves.ts'
import {
  address,
  duration,
  flag,
  leaf,
  optionalAddress,
  optionalLeaf,
  optionalText,
  origins,
  readHttpUrl,
  readOneOf,
  readSecret,
  readText,
  readTextLike,
  readTexts,
  readWebUrl,
  text,
  Wrong,
  whole,
} from './leaf.ts'
import { mailSection } from './mail-section.ts'
import { readPrivatePem, readPublicPem } from './pem.ts'
import { ConfigProductSchema } from './product-schema.ts'
import {
  cron,
  JWKS_ALGORITHMS,
  jwksAlgorithms,
  jwtSecret,
  mysqlAccount,
  natsUrl,
  optionalCron,
  proxies,
  scopes,
  subject,
  webhookSecrets,
} from './special-leaves.ts'

// Keys of the file are snake_case here and nowhere else. Rules between keys stand in check-relations.ts: zod would skip them as soon as
// one key is wrong, and every problem is to be told at once.

const NOT_A_MAP = 'must be a map'
const optionalUrl = optionalLeaf(readWebUrl)
const optionalSlug = optionalLeaf(
  readTextLike({ max: 128, pattern: /^[a-z0-9][a-z0-9._-]*$/, message: 'must be the slug of a product' }),
)

export const subjects = {
  subject_license_issued: 'licenseoperator.license.issued',
  subject_stripe_webhook: 'licenseoperator.stripe.webhook.event',
} as const

const pemPair = z
  .object(
    {
      product_key: leaf(readTextLike({ max: 128, lowerCase: true })),
      private_key_pem: leaf(readPrivatePem),
      public_key_pem: optionalLeaf(readPublicPem),
    },
    NOT_A_MAP,
  )
  .transform((pair) => ({ productKey: pair.product_key, privateKeyPem: pair.private_key_pem, publicKeyPem: pair.public_key_pem }))

/** Sections that every program has, all of them with defaults. */
export const commonSections = {
  server: z
    .object(
      {
        addr: address.prefault(':8082'),
        public_base_url: optionalUrl,
        cors_allowed_origins: origins.prefault([]),
        trusted_proxies: proxies.prefault([]),
        admin_addr: optionalAddress,
        drain_delay: duration('0s', '5m').prefault('5s'),
        max_connections_per_address: whole(0, 1_000_000).default(1000),
      },
      NOT_A_MAP,
    )
    .transform((s) => ({
      addr: s.addr,
      adminAddr: s.admin_addr,
      drainDelayMs: s.drain_delay,
      maxConnectionsPerAddress: s.max_connections_per_address,
      publicBaseUrl: s.public_base_url,
      corsAllowedOrigins: s.cors_allowed_origins,
      trustedProxies: s.trusted_proxies,
    })),
  ingest: z
    .object({ addr: address.prefault(':8083'), admin_addr: optionalAddress }, NOT_A_MAP)
    .transform((s) => ({ addr: s.addr, adminAddr: s.admin_addr })),
  log: z.object({ level: leaf(readOneOf('debug', 'info', 'warn', 'error')).default('info') }, NOT_A_MAP),
  retention: z
    .object(
      {
        keep_days: whole(0, 36_500).default(30),
        delete_only_trials: flag.default(true),
        schedule_cron: cron.default('0 3 * * *'),
      },
      NOT_A_MAP,
    )
    .transform((s) => ({ keepDays: s.keep_days, deleteOnlyTrials: s.delete_only_trials, scheduleCron: s.schedule_cron })),
  reconcile: z
    .object({ schedule_cron: optionalCron.default('17 * * * *'), window: duration('1h', '720h').prefault('72h') }, NOT_A_MAP)
    .transform((s) => ({ scheduleCron: s.schedule_cron, windowMs: s.window })),
  trials: z
    .object(
      {
        enabled: flag.default(true),
        duration_hours: whole(1, 87_600).default(8),
        cooldown_days: whole(0, 36_500).default(0),
      },
      NOT_A_MAP,
    )
    .transform((s) => ({ enabled: s.enabled, durationHours: s.duration_hours, cooldownDays: s.cooldown_days })),
  mail: mailSection,
  product_display: z.object({ description: text.default(''), features: leaf(readTexts).default([]) }, NOT_A_MAP),
  license_policy: z
    .object(
      {
        default_plan: leaf(readTextLike({ max: 128, lowerCase: true })).default('subscription'),
        default_term_days: whole(1, 36_500).default(365),
        default_price_locked: flag.default(false),
        revoke_on_full_refund: flag.default(true),
        revoke_on_lost_dispute: flag.default(true),
        revoke_on_cancellation: flag.default(true),
      },
      NOT_A_MAP,
    )
    .transform((s) => ({
      defaultPlan: s.default_plan,
      defaultTermDays: s.default_term_days,
      defaultPriceLocked: s.default_price_locked,
      revokeOnFullRefund: s.revoke_on_full_refund,
      revokeOnLostDispute: s.revoke_on_lost_dispute,
      revokeOnCancellation: s.revoke_on_cancellation,
    })),
  license: z
    .object(
      {
        file_path: optionalText,
        expected_domain: optionalText,
        grace_days: whole(0, 36_500).default(0),
        // A timer of Node runs at once when its delay passes 2^31 ms, about 596 hours.
        refresh_interval: duration('1s', '500h').prefault('30m'),
        public_key_pem: optionalLeaf(readPublicPem),
      },
      NOT_A_MAP,
    )
    .transform((s) => ({
      filePath: s.file_path,
      expectedDomain: s.expected_domain,
      graceDays: s.grace_days,
      refreshIntervalMs: s.refresh_interval,
      publicKeyPem: s.public_key_pem,
    })),
}

/** Sections with values that nobody can default. A program asks for those it needs. */
export const requiredSections = {
  security: z
    .array(pemPair, 'must be a list with at least one signing key')
    .min(1, 'must be a list with at least one signing key'),
  internal_auth: z
    .object(
      {
        jwt_secret: jwtSecret,
        issuer: optionalText,
        audience: optionalText,
        require_issuer_and_audience: flag.default(false),
        jwks_url: optionalUrl,
        jwks_algorithms: jwksAlgorithms.prefault([...JWKS_ALGORITHMS]),
        required_scopes: scopes.default({}),
        token_ttl: duration('1s', '87600h').prefault('5m'),
      },
      NOT_A_MAP,
    )
    .transform((s) => ({
      jwtSecret: s.jwt_secret,
      issuer: s.issuer,
      audience: s.audience,
      requireIssuerAndAudience: s.require_issuer_and_audience,
      jwksUrl: s.jwks_url,
      jwksAlgorithms: s.jwks_algorithms,
      requiredScopes: s.required_scopes,
      tokenTtlMs: s.token_ttl,
    })),
  stripe: z
    .object(
      {
        api_key: leaf(readSecret),
        webhook_secret: webhookSecrets,
        ensure_webhook: flag.default(false),
        require_group_name: flag.default(true),
        // Without it a checkout has no address to send the customer back to.
        root_app_url: leaf(readWebUrl),
        success_base_url: optionalUrl,
        frontend_base_path: leaf((value) => {
          const path = readText(value)
          return path instanceof Wrong || !/^\/?(?:[\w.~-]+(?:\/[\w.~-]+)*\/?)?$/.test(path)
            ? new Wrong('must be a path such as /billing')
            : path
        }).default(''),
        portal_return_url: optionalUrl,
        sync_products_on_startup: flag.default(false),
        enable_automatic_taxes: flag.default(false),
        trial_period_days: whole(0, 730).default(0),
        default_subscription_slug: optionalSlug,
        default_one_off_slug: optionalSlug,
        maintenance_price_lookup_key: optionalLeaf(readTextLike({ max: 200 })),
        api_base: optionalLeaf(readHttpUrl),
        products: z.array(ConfigProductSchema, 'must be a list of products').default([]),
      },
      NOT_A_MAP,
    )
    .transform((s) => ({
      apiKey: s.api_key,
      webhookSecrets: s.webhook_secret,
      ensureWebhook: s.ensure_webhook,
      requireGroupName: s.require_group_name,
      rootAppUrl: s.root_app_url,
      successBaseUrl: s.success_base_url ?? s.root_app_url,
      frontendBasePath: s.frontend_base_path,
      portalReturnUrl: s.portal_return_url ?? s.root_app_url,
      syncProductsOnStartup: s.sync_products_on_startup,
      enableAutomaticTaxes: s.enable_automatic_taxes,
      trialPeriodDays: s.trial_period_days,
      defaultSubscriptionSlug: s.default_subscription_slug,
      defaultOneOffSlug: s.default_one_off_slug,
      maintenancePriceLookupKey: s.maintenance_price_lookup_key,
      apiBase: s.api_base,
      products: s.products,
    })),
  nats: z
    .object(
      {
        url: natsUrl,
        credentials: natsCredentials,
        nkey_seed: natsSeed,
        tls: tlsFiles,
        replicas: whole(1, 5).default(1),
        subject_license_issued: subject.default(subjects.subject_license_issued),
        subject_stripe_webhook: subject.default(subjects.subject_stripe_webhook),
        license_issued_retention: leaf(readOneOf('limits', 'workqueue')).default('limits'),
      },
      NOT_A_MAP,
    )
    .transform((s) => ({
      url: s.url,
      credentials: s.credentials,
      nkeySeed: s.nkey_seed,
      tls: s.tls,
      replicas: s.replicas,
      subjectLicenseIssued: s.subject_license_issued,
      subjectStripeWebhook: s.subject_stripe_webhook,
      licenseIssuedRetention: s.license_issued_retention,
    })),
  mysql: z
    .object(
      {
        dsn: mysqlAccount,
        tls: tlsFiles,
        max_open_conns: whole(1, 10_000).default(10),
        max_idle_conns: whole(0, 10_000).default(5),
      },
      NOT_A_MAP,
    )
    .transform((s) => ({ ...s.dsn, tls: s.tls ?? s.dsn.tls, maxOpenConns: s.max_open_conns, maxIdleConns: s.max_idle_conns })),
}
