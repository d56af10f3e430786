import { errorCodes } from '@licenseoperator/domain'
import { expect, test } from 'vitest'
import { anApp } from '../test/an-app.ts'

test('the description of the API names the refusals, the closed list of codes and the limits of a text', () => {
  const description = anApp().getOpenAPI31Document({ openapi: '3.1.0', info: { title: 'test', version: '1' } })
  const operation = description.paths?.['/public-orders']?.post
  expect(Object.keys(operation?.responses ?? {})).toEqual(['200', '400', '413', '415'])
  expect(description.components?.schemas?.Error).toMatchObject({
    required: ['error', 'code', 'requestId'],
    properties: { code: { enum: errorCodes } },
  })
  expect(operation?.requestBody).toMatchObject({
    required: true,
    content: { 'application/json': { schema: { properties: { slug: { type: 'string', minLength: 1, maxLength: 20 } } } } },
  })
})
