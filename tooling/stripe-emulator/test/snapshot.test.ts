import { mkdtemp, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { startEmulator } from '../src/index.ts'
import { clientOf, openShop, type Shop } from './shop.ts'

let shop: Shop
beforeEach(async () => {
  shop = await openShop()
})
afterEach(() => shop.close())

describe('a snapshot', () => {
  test('brings everything back: objects, tiers, settings, the clock', async () => {
    const { control } = shop.emulator
    await control.clock({ freezeAt: 1_800_000_000 })
    const { id: product } = await shop.stripe.products.create({ name: 'before' })
    const tiers = [
      { up_to: 10, unit_amount: 5 },
      { up_to: 'inf' as const, unit_amount: 3 },
    ]
    const price = await shop.stripe.prices.create({
      product,
      currency: 'usd',
      billing_scheme: 'tiered',
      tiers_mode: 'volume',
      tiers,
      recurring: { interval: 'month' },
    })
    await control.settings({ webhooks: { copies: 2 } })
    await control.snapshot('one')
    await shop.stripe.products.update(product, { name: 'after' })
    await shop.stripe.products.create({ name: 'extra' })
    await control.settings({ webhooks: { copies: 1 } })
    await control.clock({ advanceSeconds: 100 })

    await control.restore('one')
    expect((await shop.stripe.products.list()).data.map(({ name }) => name)).toEqual(['before'])
    expect((await shop.stripe.prices.retrieve(price.id, { expand: ['tiers'] })).tiers).toHaveLength(2)
    expect((await control.settings()).webhooks.copies).toBe(2)
    expect(await control.clock()).toEqual({ now: 1_800_000_000, frozen: true })
    await expect(control.restore('two')).rejects.toThrow('no such snapshot')
  })

  test('is not touched by what happens later, and can be restored twice', async () => {
    const { control } = shop.emulator
    const { id } = await shop.stripe.products.create({ name: 'before' })
    await control.snapshot('one')
    for (const name of ['first', 'second']) {
      await shop.stripe.products.update(id, { name })
      await control.restore('one')
      expect((await shop.stripe.products.retrieve(id)).name).toBe('before')
    }
  })

  test('open sessions expire in time again, and a price stays one object wherever it is named', async () => {
    const { control } = shop.emulator
    await control.clock({ freezeAt: null })
    const price = await shop.monthlyPrice()
    const bought = await shop.checkout({ mode: 'subscription', price: price.id })
    const { session } = await control.completeCheckout(bought.id)
    const open = await shop.checkout({ mode: 'subscription', price: price.id })
    await control.snapshot('one')
    await control.restore('one')
    await control.clock({ advanceSeconds: 25 * 3600 })
    expect((await shop.stripe.checkout.sessions.retrieve(open.id)).status).toBe('expired')
    await shop.stripe.prices.update(price.id, { nickname: 'new' })
    const subscription = await shop.stripe.subscriptions.retrieve(String(session.subscription))
    expect(subscription.items.data[0]?.price.nickname).toBe('new')
  })
})

describe('a store file', () => {
  let folder: string
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'emulator-'))
  })
  afterEach(() => rm(folder, { recursive: true }))

  test('what was answered is there after a restart, for its owner’s eyes only', async () => {
    const storeFile = join(folder, 'store')
    const options = { storeFile, apiKeys: ['sk_test_restarted'], recordFile: '' }
    const first = await startEmulator(options)
    const { id } = await clientOf(first).products.create({ name: 'kept' })
    expect((await stat(storeFile)).mode & 0o777).toBe(0o600)
    await first.stop()
    const second = await startEmulator(options)
    try {
      expect((await clientOf(second).products.retrieve(id)).name).toBe('kept')
    } finally {
      await second.stop()
    }
  })

  test('a file that is none is named, and so is a seed beside it', async () => {
    const storeFile = join(folder, 'broken')
    await writeFile(storeFile, 'nonsense')
    await expect(startEmulator({ storeFile })).rejects.toThrow(`${storeFile} is not a store of the emulator`)
    await expect(startEmulator({ storeFile, seed: 'one' })).rejects.toThrow('exclude each other')
  })
})
