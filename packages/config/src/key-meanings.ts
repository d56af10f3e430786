/** What is known of a key beyond its schema, for whoever reads or writes a configuration file. */
export interface KeyMeaning {
  /** What it does; the README says the same. */
  readonly meaning: string
  /** A value for a key that has no default. */
  readonly example?: unknown
}

const ISSUER =
  'tokens of the identity provider must name them, tokens signed with `jwt_secret` may leave them out; empty accepts any'
const RETURN = 'https://dashboard.example.com'
const TLS = "authorities trusted instead of the machine's, client certificate and its key, PEM; any of them demands TLS"

const MAIL_TLS = "authorities trusted instead of the machine's, client certificate and its key, PEM"

/** Every key of the file, by its path. */
export const keyMeanings: Readonly<Record<string, KeyMeaning>> = {
  'server.addr': { meaning: 'listen address, the host is optional' },
  'server.public_base_url': { meaning: 'public origin', example: 'https://licenses.example.com' },
  'server.cors_allowed_origins': { meaning: 'origins that may call with credentials; no wildcard' },
  'server.trusted_proxies': {
    meaning: 'reverse proxies whose `X-Forwarded-For` names the client; without them all clients behind one share its limits',
  },
  'server.admin_addr': {
    meaning: '`/readyz` and `/metrics` are served here and leave `addr`; `/healthz` is served on both',
    example: '127.0.0.1:9082',
  },
  'server.drain_delay': {
    meaning: 'how long after SIGTERM requests are still accepted while `/readyz` says 503, at most 5 m',
  },
  'server.max_connections_per_address': {
    meaning: "beyond it the address's oldest idle connection is closed; 0: no such limit. `trusted_proxies` have none",
  },
  'ingest.addr': { meaning: 'listen address of webhook-ingest when it runs alone' },
  'ingest.admin_addr': { meaning: 'the same for webhook-ingest', example: '127.0.0.1:9083' },
  'log.level': { meaning: '`debug`, `info`, `warn`, `error`' },
  'mail.host': {
    meaning: 'SMTP server; without it no mail is sent and the role `notifier` does not run',
    example: 'smtp.example.com',
  },
  'mail.port': { meaning: 'by `secure`: 587 for `starttls`, 465 for `tls`, 25 for `none`', example: 587 },
  'mail.secure': {
    meaning: '`starttls` demands the upgrade, `tls` encrypts from the start, `none` not at all and takes no password',
  },
  'mail.user': { meaning: 'both or neither', example: 'licenses' },
  'mail.password': { meaning: 'both or neither', example: '/run/secrets/mail_password' },
  'mail.tls.ca': { meaning: MAIL_TLS, example: '/etc/licenseoperator/mail.ca.pem' },
  'mail.tls.cert': { meaning: MAIL_TLS, example: '/etc/licenseoperator/mail.cert.pem' },
  'mail.tls.key': { meaning: MAIL_TLS, example: '/run/secrets/mail_tls_key' },
  'mail.from': {
    meaning: 'required with `host`; an address, also with a name: `License Desk <licenses@example.com>`',
    example: 'License Desk <licenses@example.com>',
  },
  'mail.templates': {
    meaning: 'folder of your own templates, relative to where the program was started',
    example: '/etc/licenseoperator/templates',
  },
  'mail.locale': { meaning: 'of the mails: `de-AT` falls back to `de`, then to `en`' },
  'mail.link_base_url': { meaning: 'origin of the links in mails', example: 'https://licenses.example.com' },
  'mail.link_ttl': {
    meaning: 'how long the link of a mail opens its page, 1 h to ten years; it also ends with `internal_auth.jwt_secret`',
  },
  'retention.keep_days': { meaning: 'has no effect yet: nothing is deleted. Setting it is a warning' },
  'retention.delete_only_trials': { meaning: '`false` has no effect: paid licenses are never deleted' },
  'retention.schedule_cron': { meaning: 'has no effect yet, as `keep_days`' },
  'reconcile.schedule_cron': {
    meaning: "when the processor compares Stripe's books with ours; five fields, UTC; empty: only `stripe reconcile`",
  },
  'reconcile.window': { meaning: 'how far back each of these runs looks, 1 h to 720 h' },
  'trials.enabled': { meaning: 'whether trials are issued over HTTP' },
  'trials.duration_hours': { meaning: 'how long a trial lasts' },
  'trials.cooldown_days': { meaning: "from a trial's expiry to the next; 0: no second trial" },
  'product_display.description': { meaning: 'shown where the product has none' },
  'product_display.features': { meaning: 'shown where the product has none' },
  'license_policy.default_plan': { meaning: 'plan of a license that is issued by hand' },
  'license_policy.default_term_days': { meaning: 'days that a license lasts whose end nobody named' },
  'license_policy.default_price_locked': { meaning: 'whether licenses issued by hand keep their price' },
  'license_policy.revoke_on_full_refund': { meaning: 'a payment given back in full revokes what it bought' },
  'license_policy.revoke_on_lost_dispute': { meaning: 'so does one that the bank took back' },
  'license_policy.revoke_on_cancellation': { meaning: 'and a subscription that ends before its paid period does' },
  'license.file_path': { meaning: "the operator's own license; empty: no guard", example: '/etc/licenseoperator/operator.lic' },
  'license.expected_domain': { meaning: 'empty: any', example: 'licenses.example.com' },
  'license.grace_days': { meaning: 'days after its end in which it still counts' },
  'license.refresh_interval': { meaning: 'how often the file is read again, 1 s to 500 h' },
  'license.public_key_pem': { meaning: "verifies the operator's own license", example: '/etc/licenseoperator/vendor.pub.pem' },
  security: {
    meaning:
      '`product_key` (lower-cased, unique), `private_key_pem` †, `public_key_pem` † (derived when absent). In whatever form people have keys (line breaks as `\\n`, CRLF, comments around); only the form is checked here',
    example: [{ product_key: 'core', private_key_pem_file: '/run/secrets/signing_key' }],
  },
  'internal_auth.jwt_secret': { meaning: 'at least 32 bytes that are hard to guess, no PEM', example: '/run/secrets/jwt_secret' },
  'internal_auth.issuer': { meaning: ISSUER, example: 'https://id.example.com' },
  'internal_auth.audience': { meaning: ISSUER, example: 'licenseoperator' },
  'internal_auth.require_issuer_and_audience': { meaning: 'tokens signed with `jwt_secret` must name them as well' },
  'internal_auth.jwks_url': {
    meaning: 'public keys of an identity provider that signs RS256, ES256 or EdDSA; fetched and cached',
    example: 'https://id.example.com/.well-known/jwks.json',
  },
  'internal_auth.jwks_algorithms': { meaning: 'what tokens of that provider may be signed with; nothing else is accepted' },
  'internal_auth.required_scopes': { meaning: 'surfaces that demand a scope' },
  'internal_auth.token_ttl': { meaning: 'life of minted tokens' },
  'stripe.api_key': { meaning: 'a secret or restricted key, `sk_…` or `rk_…`', example: '/run/secrets/stripe_api_key' },
  'stripe.webhook_secret': {
    meaning: '`whsec_…`; several while one is rolled: a list, or divided by commas or spaces',
    example: '/run/secrets/stripe_webhook_secret',
  },
  'stripe.ensure_webhook': { meaning: 'create or update the endpoint at start' },
  'stripe.require_group_name': {
    meaning: 'purchases need a group; otherwise a buyer without one is a group of one, `identity:…`',
  },
  'stripe.root_app_url': { meaning: 'dashboard origin; customers who cancel come back to it', example: RETURN },
  'stripe.success_base_url': { meaning: 'where customers who paid come back to', example: RETURN },
  'stripe.portal_return_url': { meaning: 'where the billing portal leads back to', example: RETURN },
  'stripe.frontend_base_path': { meaning: 'path of the dashboard below its origin' },
  'stripe.sync_products_on_startup': { meaning: 'push the catalog to Stripe' },
  'stripe.enable_automatic_taxes': { meaning: 'let Stripe Tax work out the tax of a checkout' },
  'stripe.trial_period_days': { meaning: 'for subscriptions that name none' },
  'stripe.default_subscription_slug': { meaning: 'products of a checkout or coupon that names none', example: 'core' },
  'stripe.default_one_off_slug': { meaning: 'products of a checkout or coupon that names none', example: 'core-one-off' },
  'stripe.maintenance_price_lookup_key': { meaning: 'price of a renewed maintenance', example: 'maintenance' },
  'stripe.api_base': { meaning: 'for test doubles; refused together with a live key', example: 'http://localhost:12111' },
  'stripe.products': {
    meaning: 'the catalog, see `config/config.example.yaml`; each `product_key` needs an entry in `security`',
    example: [{ slug: 'core', name: 'Core', plan: 'core', product_key: 'core', unit_amount: 19_900, billing_interval: 'year' }],
  },
  'nats.url': { meaning: '`nats://` or `tls://`; a secret, as it may hold credentials', example: '/run/secrets/nats_url' },
  'nats.credentials': {
    meaning: 'the text of a credentials file (`.creds`); user and password, or a token, stand in `nats.url`',
    example: '/run/secrets/nats.creds',
  },
  'nats.nkey_seed': { meaning: "the seed of a user's NKey, `SU…`", example: '/run/secrets/nats_nkey_seed' },
  'nats.tls.ca': { meaning: TLS, example: '/etc/licenseoperator/nats-ca.pem' },
  'nats.tls.cert': { meaning: TLS, example: '/etc/licenseoperator/nats-client.pem' },
  'nats.tls.key': { meaning: TLS, example: '/run/secrets/nats_client_key' },
  'nats.replicas': {
    meaning: 'copies of each stream that is made, 1 to 5; 3 for a cluster. A stream that exists is used as it is',
  },
  'nats.subject_license_issued': { meaning: 'where issued licenses are announced' },
  'nats.subject_stripe_webhook': { meaning: "where Stripe's events wait for the processor" },
  'nats.license_issued_retention': { meaning: 'or `workqueue`' },
  'mysql.dsn': {
    meaning:
      '`user:pass@tcp(host:3306)/db?tls=true`, `user:pass@unix(/path)/db` or `mysql://…`; with TLS the certificate is always verified',
    example: '/run/secrets/mysql_dsn',
  },
  'mysql.tls.ca': { meaning: TLS, example: '/etc/licenseoperator/mysql-ca.pem' },
  'mysql.tls.cert': { meaning: TLS, example: '/etc/licenseoperator/mysql-client.pem' },
  'mysql.tls.key': { meaning: TLS, example: '/run/secrets/mysql_client_key' },
  'mysql.max_open_conns': { meaning: 'pool' },
  'mysql.max_idle_conns': { meaning: 'pool' },
}
