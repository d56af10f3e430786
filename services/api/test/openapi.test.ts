import { readFileSync } from 'node:fs'
import { schemaChecker } from '@licenseoperator/answer-checker'
import { errorCodes } from '@licenseoperator/domain'
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
  'GET /authlance/license/l/{token}',
  'GET /authlance/license/l/{token}/file',
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
      'GET /authlance/license/l/{token}',
      'GET /authlance/license/l/{token}/file',
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
