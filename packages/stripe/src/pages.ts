import { waitOutRateLimit } from './wait-out-rate-limit.ts'

const PAGE = 100

/** Pages of a Stripe list, newest first as Stripe has them; a rate limit is waited out, which the SDK does not do. @throws the signal's reason once it is given */
export async function* pages<T extends { readonly id: string }>(
  list: (page: { limit: number; starting_after?: string }) => Promise<{ data: T[]; has_more: boolean }>,
  signal: AbortSignal | undefined,
): AsyncGenerator<T[]> {
  for (let after: string | undefined; ; ) {
    signal?.throwIfAborted()
    const start = after
    const { data, has_more: more } = await waitOutRateLimit(() =>
      list({ limit: PAGE, ...(start === undefined ? {} : { starting_after: start }) }),
    )
    yield data
    after = data.at(-1)?.id
    if (!more || after === undefined) return
  }
}
