/** Head of the reference page: conventions, then the way from nothing to a verified license. Markdown. */
export const introduction = `Sells, signs, stores and lists licenses for self-hosted software: a customer pays on Stripe's hosted page, a signed license is stored and announced, and the product verifies it offline.

## A first integration, in order

1. **Show what is on sale.** \`GET /authlance/license/products\` needs no token. Every entry has a \`slug\`, prices in minor units and, when tiered, the tiers that your page can price with.
2. **Have a token.** Your identity service signs one per user: a JWT (HS256 with the shared secret, or a key of your JWKS) whose claim \`user\` has \`identity\`, \`email\`, \`roles\` and \`groups\`. It goes into \`Authorization: Bearer …\` or the cookie \`loopToken\`. For scripts: \`licenseoperator token mint\`.
3. **Start a checkout.** \`POST …/payments/api/v1/checkout-session\` with the product and the group that buys. Send the customer to the \`url\` in the answer.
4. **Let Stripe tell us.** The customer pays, Stripe calls our webhook (see *Webhooks* below), the license is signed and stored, and the event \`licenseoperator.license.issued\` is published. Nothing of this needs your storefront: a customer who closes the tab gets the license all the same.
5. **Show the license.** On your return page ask \`GET …/payments/api/v1/checkout-sessions/{id}\` with the \`session_id\` until it is \`complete\`; the license is in the group's list then, too. Or consume the event in your own service.
6. **Deliver it.** \`GET /authlance/license/{identifier}\` answers with the file to save, \`text/plain\`, never JSON.
7. **Verify it offline.** Your product checks the file with the public key (\`@licenseoperator/signing\`, or any RSA library) and fetches \`GET /authlance/license/revocations\` now and then.
8. **Let customers manage it.** \`verify-payment\` tells the customer id, \`customer-portal\` opens Stripe's portal for it.

Without an account at Stripe: \`pnpm dev\` in the repository starts everything on one machine, prints tokens, and holds the group, product and license that the examples here name. Every code sample runs there as it stands.

## Conventions

- Money is an integer in the currency's minor unit; instants are RFC 3339 in UTC; lists are \`{items, page, pageSize, total}\` and pages count from 1.
- Unknown fields are ignored, and \`null\` equals absent.
- Refusals have one shape, \`{error, code, field?, requestId}\`. \`code\` is a stable word from a closed list, \`error\` a sentence for people, \`field\` what to correct, \`requestId\` names the request in our log. 429 and 503 come with \`Retry-After\`.
- Asking again is safe: the same trial, the same issued license and the same open checkout are answered again instead of made twice.
- Instances answer \`/healthz\` and \`/readyz\` to whoever runs them.`

export const tags = [
  {
    name: 'Catalog',
    description:
      'What is on sale, for landing and pricing pages. Public, answered from memory and with entity tags, so it can be asked for every visitor.',
  },
  {
    name: 'Licenses',
    description:
      'Trials, issuance by hand, lists and downloads for the group that owns a license, and the signed list of what was revoked.',
  },
  {
    name: 'Payments',
    description:
      "Checkout on Stripe's hosted page and what follows it: the billing portal, maintenance, and what is known of a payment. Card data never comes near this service.",
  },
  {
    name: 'Reports',
    description: 'Captured payments for the revenue team, as pages and as one CSV file. For system administrators.',
  },
  {
    name: 'Administration',
    description:
      "Products and coupons. For system administrators, while the operator's own license is good. Stripe is brought in step with every change.",
  },
  {
    name: 'Webhooks',
    description: 'What Stripe sends to us, and what we publish: the two messages that are not requests to this API.',
  },
]
