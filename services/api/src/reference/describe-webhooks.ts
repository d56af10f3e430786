import type { OpenAPIHono } from '@hono/zod-openapi'
import { exampleLicense } from '@licenseoperator/api-schemas'
import { handledEvents, WEBHOOK_PATH } from '@licenseoperator/billing'
import { LicenseIssued } from '@licenseoperator/events'
import { ErrorBody, type HttpEnv } from '@licenseoperator/http'
import { z } from 'zod'
import { refusalBody } from './refusal-examples.ts'

/** What of Stripe's event is looked at. Everything else is stored as it came. */
const StripeEvent = z
  .looseObject({
    id: z.string().meta({ description: 'Each is processed once, however often it comes' }),
    object: z.literal('event'),
    type: z.string().meta({ description: `Handled: ${handledEvents.map((type) => `\`${type}\``).join(', ')}` }),
    api_version: z.string().nullish(),
    created: z.int().meta({ description: 'Seconds since 1970' }),
    livemode: z.boolean(),
    data: z.looseObject({ object: z.record(z.string(), z.unknown()) }),
  })
  .meta({ id: 'StripeEvent' })

const stripeEvent = {
  id: 'evt_1NG8Du2eZvKYlo2CUI79vXWy',
  object: 'event',
  type: 'checkout.session.completed',
  api_version: '2026-10-28.endive',
  created: 1_772_357_400,
  livemode: false,
  data: { object: { id: 'cs_test_a1', object: 'checkout.session', payment_status: 'paid', mode: 'payment' } },
}

const issued: LicenseIssued = {
  licenseId: exampleLicense.licenseId,
  email: 'ada@acme.example',
  payloadB64: exampleLicense.payloadB64,
  signatureB64: exampleLicense.signatureB64,
  exp: '2027-03-01T09:30:00Z',
  plan: 'core',
  domain: '.acme.example',
  group: 'acme',
  stripe: { customerId: 'cus_2977z9zYn3fHoe', checkoutSessionId: 'cs_test_a1', invoiceId: 'in_1MtHbELkdIwHu7ix' },
  productKey: 'core',
  seats: 5,
  licenseText: exampleLicense.text,
  keyId: exampleLicense.keyId,
  reason: 'purchase',
  occurredAt: '2026-03-01T09:30:00Z',
  licenseUrl: `https://licenses.example.com/authlance/license/${exampleLicense.licenseId}`,
}

const refusal = (description: string, when: string, body: Parameters<typeof refusalBody>[0]) => ({
  description,
  content: { 'application/json': { schema: ErrorBody, examples: { [body.code]: { summary: when, value: refusalBody(body) } } } },
})

/** Adds the two messages that are no operations of the API: the one that Stripe sends us, and the one that we publish. */
export function describeWebhooks(app: OpenAPIHono<HttpEnv>): void {
  app.openAPIRegistry.registerWebhook({
    method: 'post',
    path: 'stripe.webhook',
    operationId: 'receiveStripeEvent',
    tags: ['Webhooks'],
    summary: 'Stripe tells us what happened',
    description: `Stripe sends its events to \`POST ${WEBHOOK_PATH}\` of \`webhook-ingest\`; \`licenseoperator stripe ensure-webhook --public-url …\` makes the endpoint with exactly the event types that are handled. The signature is checked over the raw bytes, so a proxy must not change the body. 200 is answered once the event is on disk, in JetStream or in MySQL; what becomes of it is decided afterwards, once per event id. Stripe sends again whatever was not answered with 200.`,
    request: {
      headers: z.object({
        'stripe-signature': z
          .string()
          .meta({ description: 'Time and signatures, at most five minutes old', example: 't=1772357400,v1=5257a869e7ec…' }),
      }),
      body: { required: true, content: { 'application/json': { schema: StripeEvent, example: stripeEvent } } },
    },
    responses: {
      200: { description: 'Stored', content: { 'text/plain': { schema: z.literal('ok') } } },
      400: refusal('Not a fresh event of Stripe: `invalid_webhook`', 'The signature is missing', {
        when: '',
        code: 'invalid_webhook',
        error: 'webhook error: no signature',
      }),
      413: refusal('More than 1 MiB: `payload_too_large`', 'The body is too large', {
        when: '',
        code: 'payload_too_large',
        error: 'payload too large',
      }),
      503: refusal('Neither store took it: `temporarily_unavailable`; Stripe sends again', 'JetStream and MySQL are away', {
        when: '',
        code: 'temporarily_unavailable',
        error: 'temporarily unavailable',
      }),
    },
  })
  app.openAPIRegistry.registerWebhook({
    method: 'post',
    path: 'licenseoperator.license.issued',
    operationId: 'licenseIssued',
    tags: ['Webhooks'],
    summary: 'A paid license was created or renewed',
    description:
      'A message on NATS JetStream, not an HTTP request: the subject is `licenseoperator.license.issued` unless `nats.subject_license_issued` says otherwise, and one JSON document stands for one license; a bundle sends one per part. Published once per license and reason by its `Nats-Msg-Id`; delivery is at least once, so act once per `licenseId`, `reason` and `maintenanceExpiresAt`. Consume it with a durable consumer and acknowledge when your work is done. It tells what was true at `occurredAt`; `licenseUrl` is where the present state is found. Trials and licenses issued by hand are not announced.',
    request: { body: { required: true, content: { 'application/json': { schema: LicenseIssued, example: issued } } } },
    responses: { 200: { description: 'Acknowledged: the message is not delivered to this consumer again' } },
  })
}
