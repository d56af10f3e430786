import { readFileSync } from 'node:fs'
import { schemaChecker } from '@licenseoperator/answer-checker'
import { exampleLicense } from '@licenseoperator/api-schemas'
import { errorCodes } from '@licenseoperator/domain'
import { LicenseIssued } from '@licenseoperator/events'
import { loadVerificationKey, verifyLicense, verifyRevocationList } from '@licenseoperator/signing'
import { readStripeEvent } from '@licenseoperator/stripe'
import { expect, test } from 'vitest'
import { committedDescription, descriptionText } from './openapi-file.ts'

type Json = { readonly [key: string]: unknown }
const document: Json = JSON.parse(descriptionText())
const at = (value: unknown, ...path: string[]): unknown => path.reduce<unknown>((inner, key) => Object(inner)[key], value)
const operations = Object.entries(Object(document.paths)).flatMap(([path, methods]) =>
  Object.entries(Object(methods)).map(([method, operation]): [string, Json] => [
    `${method.toUpperCase()} ${path}`,
    Object(operation),
  ]),
)
const publicOnes = new Set([
  'GET /authlance/license/product',
  'GET /authlance/license/products',
  'GET /authlance/license/revocations',
  'POST /authlance/license/payments/product-details',
])
const resolved = (schema: unknown): Json => {
  const reference = at(schema, '$ref')
  return typeof reference === 'string' ? Object(at(document, ...reference.split('/').slice(1))) : Object(schema)
}
const complaintsAbout = schemaChecker(document)

test('the committed copy is up to date: run `pnpm openapi` when it is not', () => {
  expect(readFileSync(committedDescription, 'utf8') === descriptionText()).toBe(true)
})

test('every operation of the contract, and no name twice', () => {
  expect(operations.map(([name]) => name).toSorted()).toEqual(
    [
      'GET /authlance/license/product',
      'GET /authlance/license/products',
      'GET /authlance/license/revocations',
      'GET /authlance/license/{identifier}',
      'GET /authlance/license/groups/{groupName}/licenses',
      'POST /authlance/license/trial/{group}/issue',
      'POST /authlance/license/internal/issue',
      'GET /authlance/license/product-keys',
      'GET /authlance/license/admin/products',
      'POST /authlance/license/admin/products',
      'PUT /authlance/license/admin/products/{slug}',
      'GET /authlance/license/admin/products/seat-usage',
      'GET /authlance/license/admin/products/{slug}/coupons',
      'POST /authlance/license/admin/products/{slug}/coupons',
      'PUT /authlance/license/admin/products/{slug}/coupons/{couponId}',
      'DELETE /authlance/license/admin/products/{slug}/coupons/{couponId}',
      'POST /authlance/license/payments/product-details',
      'POST /authlance/license/payments/api/v1/checkout-session',
      'POST /authlance/license/admin/licenses/{licenseId}/resend',
      'POST /authlance/license/admin/licenses/{licenseId}/revoke-links',
      'GET /authlance/license/payments/api/v1/checkout-sessions/{id}',
      'POST /authlance/license/payments/api/v1/customer-portal',
      'POST /authlance/license/payments/api/v1/maintenance-checkout',
      'POST /authlance/license/payments/api/v1/session-id',
      'GET /authlance/license/payments/api/v1/reports/payments',
      'GET /authlance/license/payments/api/v1/reports/payments/export',
      'GET /authlance/license/payments/api/v1/verify-payment/{licenseId}',
      'GET /licenseoperator/verify-payment/{licenseId}',
    ].toSorted(),
  )
  const ids = operations.map(([, operation]) => operation.operationId)
  expect(new Set(ids).size).toBe(ids.length)
})

test.each(operations)('%s: summary, tag, security and refusals', (name, operation) => {
  expect(operation.operationId).toMatch(/^[a-z][A-Za-z]+$/)
  expect(operation.summary).toMatch(/./)
  expect(operation.tags).toHaveLength(1)
  expect(Object.keys(Object(operation.responses))).toContain('500')
  if (publicOnes.has(name)) expect(operation.security).toBeUndefined()
  else {
    expect(operation.security).toEqual([{ bearer: [] }, { session: [] }])
    expect(Object.keys(Object(operation.responses))).toEqual(expect.arrayContaining(['401', '403']))
  }
})

test.each(operations)(
  '%s: a description, values for what the path needs, and code samples that name no parameter',
  (name, operation) => {
    expect(String(operation.description).length).toBeGreaterThan(60)
    for (const parameter of Object.values(Object(operation.parameters)))
      if (at(parameter, 'in') === 'path') expect(at(parameter, 'example'), JSON.stringify(parameter)).toMatch(/./)
    const samples = Object(operation['x-codeSamples'])
    expect(samples).toMatchObject([{ label: 'curl' }, { label: 'fetch' }])
    for (const { source } of samples) {
      expect(source).toContain('https://licenses.example.com/')
      expect(source).not.toMatch(/[{]\w+[}]|undefined/)
      expect(source.includes('TOKEN')).toBe(!publicOnes.has(name))
    }
  },
)

test.each(operations)('%s: each refusal has examples of its own, which satisfy its schema', (_name, operation) => {
  for (const [status, answer] of Object.entries(Object(operation.responses))) {
    if (Number(status) < 400) continue
    const media = at(answer, 'content', 'application/json')
    const examples = Object.values(Object(at(media, 'examples')))
    expect(examples.length, status).toBeGreaterThan(0)
    for (const example of examples) {
      expect(at(example, 'summary')).toMatch(/./)
      expect(complaintsAbout(Object(at(media, 'schema')), at(example, 'value'))).toBeUndefined()
    }
  }
})

test('the license of the examples was really signed, and the event that is shown satisfies its schema', () => {
  const { text, publicKeyPem, licenseId, payloadB64, signatureB64, keyId } = exampleLicense
  const verdict = verifyLicense(text, loadVerificationKey(publicKeyPem), { now: () => new Date('2026-06-01T00:00:00Z') })
  expect(verdict).toMatchObject({ status: 'valid', license: { licenseId, group: 'acme', productKey: 'core', seats: 5 } })
  const event = at(document, 'webhooks', 'licenseoperator.license.issued', 'post', 'requestBody', 'content', 'application/json')
  const shown = at(event, 'example')
  expect(LicenseIssued.parse(shown)).toEqual(shown)
  expect(complaintsAbout(Object(at(event, 'schema')), shown)).toBeUndefined()
  expect(shown).toMatchObject({ licenseText: text, payloadB64, signatureB64, keyId, licenseId })
})

test('the revocation list and the file of payments that are shown are such', () => {
  const list = verifyRevocationList(exampleLicense.revocations, loadVerificationKey(exampleLicense.publicKeyPem))
  expect(list).toMatchObject({ status: 'current' })
  const csv = at(document, 'paths', '/authlance/license/payments/api/v1/reports/payments/export', 'get', 'responses', '200')
  const [header = '', row = '', ...rest] = String(at(csv, 'content', 'text/csv', 'schema', 'examples', '0')).split('\r\n')
  expect(rest).toEqual([''])
  expect(row.split(',')).toHaveLength(header.split(',').length)
})

test("Stripe's webhook is described with what the receiver reads and answers", () => {
  const webhook = at(document, 'webhooks', 'stripe.webhook', 'post')
  const body = at(webhook, 'requestBody', 'content', 'application/json')
  expect(complaintsAbout(Object(at(body, 'schema')), at(body, 'example'))).toBeUndefined()
  expect(readStripeEvent(JSON.stringify(at(body, 'example'))).type).toBe('checkout.session.completed')
  expect(Object.keys(Object(at(webhook, 'responses')))).toEqual(['200', '400', '413', '503'])
})

test.each(operations)('%s: an example of every body, which satisfies its schema', (_name, operation) => {
  const answers = Object.entries(Object(operation.responses)).filter(([status]) => status !== '304' && status !== '204')
  const bodies = [at(operation, 'requestBody', 'content'), ...answers.map(([, answer]) => at(answer, 'content'))]
  for (const content of bodies) {
    for (const media of Object.values(Object(content))) {
      const schema = at(media, 'schema')
      const own = resolved(schema)
      const examples = own.type === 'array' ? resolved(own.items).examples : own.examples
      expect(examples, JSON.stringify(schema)).toHaveLength(1)
      for (const example of Object(examples))
        expect(complaintsAbout(Object(own.type === 'array' ? own.items : schema), example)).toBeUndefined()
    }
  }
})

test('the closed list of error codes, and where a token goes', () => {
  expect(at(document, 'components', 'schemas', 'Error', 'properties', 'code', 'enum')).toEqual([...errorCodes])
  expect(at(document, 'components', 'securitySchemes')).toMatchObject({
    bearer: { type: 'http', scheme: 'bearer' },
    session: { type: 'apiKey', in: 'cookie', name: 'loopToken' },
  })
})
