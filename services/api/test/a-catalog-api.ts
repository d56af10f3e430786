import { type AStripe, aStripe } from './a-stripe.ts'
import { type AnApi, anApi, aSysadmin } from './an-api.ts'

/** An API beside a Stripe of its own, and the token of somebody who may change its catalog. */
export interface ACatalogApi {
  readonly api: AnApi
  readonly shop: AStripe
  readonly root: string
  /** Empties our catalog; Stripe's stays. */
  clear(): Promise<void>
  close(): Promise<void>
}

/** @param options.now  the API's clock; default the machine's */
export async function aCatalogApi(options: { now?: () => Date } = {}): Promise<ACatalogApi> {
  const shop = await aStripe()
  const api = await anApi({ stripe: shop.account, ...options })
  return {
    api,
    shop,
    root: await aSysadmin(),
    clear: async () => {
      for (const table of ['prices', 'coupons', 'products'] as const) await api.db.deleteFrom(table).execute()
    },
    close: async () => {
      await api.close()
      await shop.stop()
    },
  }
}
