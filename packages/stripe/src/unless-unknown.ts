import { isUnknownObject } from './stripe-client.ts'

/** What Stripe answers; undefined for an object that it does not know, as of a test clock that took its subscriptions with it. @throws what else it throws */
export async function unlessUnknown<T>(asked: Promise<T>): Promise<T | undefined> {
  try {
    return await asked
  } catch (error) {
    if (isUnknownObject(error)) return undefined
    throw error
  }
}
