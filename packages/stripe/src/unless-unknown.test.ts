import { Stripe } from 'stripe'
import { expect, test } from 'vitest'
import { unlessUnknown } from './unless-unknown.ts'

const failing = (statusCode: number) =>
  Promise.reject(new Stripe.errors.StripeInvalidRequestError({ type: 'invalid_request_error', message: 'no', statusCode }))

test('what Stripe answers', async () => {
  expect(await unlessUnknown(Promise.resolve({ id: 'sub_1' }))).toEqual({ id: 'sub_1' })
})

test('what Stripe does not know is nothing', async () => expect(await unlessUnknown(failing(404))).toBeUndefined())

test.each([400, 401, 403, 429, 500])('answer %i does not say that there is none', async (status) => {
  await expect(unlessUnknown(failing(status))).rejects.toHaveProperty('statusCode', status)
})
