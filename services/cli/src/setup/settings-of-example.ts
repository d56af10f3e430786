/** What stands in the made configuration instead of the example's comments. Files are beside it. */
export const files = {
  signingKey: 'signing.key.pem',
  verificationKey: 'signing.pub.pem',
  jwtSecret: 'jwt_secret',
  stripeApiKey: 'stripe_api_key',
  stripeWebhookSecret: 'stripe_webhook_secret',
} as const

/** The operator as a compose file's neighbours and a browser on the same machine reach it. */
const PUBLIC_URL = 'http://127.0.0.1:8082'
const EMULATOR_URL = 'http://stripe-emulator:12111'

type Edit = readonly [what: string, found: RegExp, put: string]

const edits: readonly Edit[] = [
  [
    'its heading',
    /^# Configuration of License Operator\. .*$/m,
    '# Configuration of License Operator, made by `licenseoperator setup`. It is yours to change: nothing writes it again.',
  ],
  ['server.public_base_url', /^ {2}# public_base_url: .*$/m, `  public_base_url: ${PUBLIC_URL}`],
  ['security', /^# security:$/m, 'security:'],
  [
    'security[].private_key_pem_file',
    /^# {3}(- \{ product_key: \w+, private_key_pem_file: )\S+( \})$/gm,
    `  $1${files.signingKey}$2`,
  ],
  ['internal_auth.jwt_secret_file', /^ {2}# jwt_secret_file: \S+/m, `  jwt_secret_file: ${files.jwtSecret}`],
  // Long enough to try what is printed in the documents.
  ['internal_auth.token_ttl', /^ {2}token_ttl: \S+/m, '  token_ttl: 1h'],
  [
    'stripe.api_key_file',
    /^ {2}# api_key_file: .*$/m,
    `  # The Stripe emulator of the profile \`demo\`. STRIPE_API_KEY in .env takes the place of these three.\n  api_base: ${EMULATOR_URL}\n  api_key_file: ${files.stripeApiKey}`,
  ],
  ['stripe.webhook_secret_file', /^ {2}# webhook_secret_file: .*$/m, `  webhook_secret_file: ${files.stripeWebhookSecret}`],
  ['stripe.root_app_url', /^ {2}# root_app_url: .*$/m, `  root_app_url: ${PUBLIC_URL}`],
  // There is no dashboard yet; the page that describes the API is at least a page.
  ['stripe.success_base_url', /^ {2}# success_base_url: .*$/m, `  success_base_url: ${PUBLIC_URL}/authlance/license/docs`],
  // A job of its own does, so that the services start without Stripe.
  ['stripe.sync_products_on_startup', /^ {2}sync_products_on_startup: true/m, '  sync_products_on_startup: false'],
]

/**
 * Turns the example into a configuration that works beside the files of `files`. Addresses of MySQL and NATS come from the environment.
 *
 * @param example  text of config.example.yaml
 * @throws Error naming what the example does not have where it is looked for
 */
export function settingsOfExample(example: string): string {
  return edits.reduce((text, [what, found, put]) => {
    const edited = text.replace(found, put)
    if (edited === text) throw new Error(`the example configuration has no line for ${what} to fill in`)
    return edited
  }, example)
}
