import { startMaintenanceCheckout } from '@licenseoperator/checkout'
import { inTransaction, refusedCustomers } from '@licenseoperator/db'
import { silentLog } from '@licenseoperator/domain'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { handledHistory, tell } from '../../testing/a-history.ts'
import { openShop, type Shop } from '../../testing/a-shop.ts'
import { member, settings } from '../../testing/an-order.ts'
import { sellAll, startOver } from '../../testing/kinds.ts'

let shop: Shop

beforeAll(async () => {
  shop = await openShop()
  await sellAll(shop)
})
afterAll(() => shop.close())
beforeEach(() => startOver(shop))

async function creations(): Promise<string[]> {
  const traffic = await shop.emulator.control.traffic()
  return traffic.filter(({ method, path }) => method === 'POST' && path === '/v1/checkout/sessions').map(({ body }) => body)
}

describe('a customer that Stripe will not have any more', () => {
  test('was deleted: the group buys again as a new one, and the old one is named only once', async () => {
    await shop.buy({ lookupKey: 'once' })
    await tell(shop, await handledHistory(shop))
    const [customer] = (await shop.deps.stripe.customers.list()).data
    await shop.deps.stripe.customers.del(customer?.id ?? '')
    const before = (await creations()).length
    await shop.buy({ lookupKey: 'year' })
    await shop.startCheckout({ lookupKey: 'seats', managedProducts: 2 })
    const named = (await creations()).slice(before).map((body) => body.includes(`customer=${customer?.id}`))
    expect(named).toEqual([true, false, false])
    await tell(shop, await handledHistory(shop))
    await shop.startCheckout({ lookupKey: 'once' })
    const [renewed] = (await shop.deps.stripe.customers.list()).data
    expect((await creations()).at(-1)).toContain(`customer=${renewed?.id}`)
  })

  test('was unknown to another key: named again a day later', async () => {
    await shop.buy({ lookupKey: 'once' })
    await tell(shop, await handledHistory(shop))
    const [customer] = (await shop.deps.stripe.customers.list()).data
    const ago = (hours: number) => new Date(shop.deps.now().getTime() - hours * 3_600_000)
    await inTransaction(shop.database.db, (tx) => refusedCustomers.note(tx, customer?.id ?? '', undefined, ago(23)))
    await shop.startCheckout({ lookupKey: 'year' })
    expect((await creations()).at(-1)).not.toContain(`customer=${customer?.id}`)
    await inTransaction(shop.database.db, (tx) => refusedCustomers.note(tx, customer?.id ?? '', undefined, ago(25)))
    await shop.startCheckout({ lookupKey: 'year' })
    expect((await creations()).at(-1)).toContain(`customer=${customer?.id}`)
  })

  test('maintenance by hand is sold all the same', async () => {
    await shop.buy({ lookupKey: 'forever' })
    await tell(shop, await handledHistory(shop))
    const [customer] = (await shop.deps.stripe.customers.list()).data
    await shop.deps.stripe.customers.del(customer?.id ?? '')
    const { license_id: licenseId } = await shop.database.db.selectFrom('licenses').select('license_id').executeTakeFirstOrThrow()
    const { db, stripe } = shop.deps
    const deps = {
      db,
      stripe,
      requiredScopes: {},
      urls: settings,
      automaticTax: false,
      priceLookupKey: 'maintenance',
      log: silentLog,
    }
    const ada = member('ada', 'acme')
    await expect(startMaintenanceCheckout(deps, ada, { licenseId, groupName: 'acme' })).resolves.toHaveProperty('url')
    const before = (await creations()).length
    await startMaintenanceCheckout(deps, ada, { licenseId, groupName: 'acme' })
    expect((await creations()).slice(before)).toHaveLength(1)
  })
})
