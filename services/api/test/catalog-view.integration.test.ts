import { setTimeout as sleep } from 'node:timers/promises'
import { insertProduct } from '@licenseoperator/db/testing'
import { silentLog } from '@licenseoperator/domain'
import { announceCatalogChange, onCatalogChange, openNatsLink } from '@licenseoperator/events'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createCatalogView } from '../src/index.ts'
import { type AnApi, anApi, aSysadmin } from './an-api.ts'

const PATHS = ['/authlance/license/products', '/authlance/license/product']

describe('the public catalog over HTTP', () => {
  let api: AnApi
  beforeAll(async () => {
    api = await anApi({ keepCatalog: true })
    await insertProduct(api.db, { slug: 'core', productKey: 'core' })
  })
  afterAll(() => api.close())

  test.each(PATHS)('%s: an entity tag, and 304 without a body while it is unchanged', async (path) => {
    const first = await api.get(path)
    const etag = first.headers.get('etag') ?? ''
    expect(first.headers.get('cache-control')).toBe('public, max-age=0, must-revalidate')
    for (const tag of [etag, `W/${etag}`, `"other", ${etag}`, '*']) {
      const again = await api.app.request(path, { headers: { 'if-none-match': tag } })
      expect({ status: again.status, body: await again.text(), etag: again.headers.get('etag') }).toEqual({
        status: 304,
        body: '',
        etag,
      })
    }
    expect((await api.app.request(path, { headers: { 'if-none-match': '"other"' } })).status).toBe(200)
  })

  test.each(PATHS)("%s: an administrator's change is seen by the next request, with another tag", async (path) => {
    const before = await api.get(path)
    const name = `Core ${crypto.randomUUID()}`
    const changed = await api.send('PUT', '/authlance/license/admin/products/core', { name }, await aSysadmin())
    expect(changed.status).toBe(200)
    const after = await api.get(path)
    expect(await after.text()).toContain(name)
    expect(after.headers.get('etag')).not.toBe(before.headers.get('etag'))
  })
})

describe('the view', () => {
  test('loads once for all who ask, again after a change or when it is old, and forgets a failure', async () => {
    let clock = 0
    let loads = 0
    const view = createCatalogView({ announce: () => undefined, now: () => clock })
    const load = async () => ({ load: ++loads })
    await Promise.all([view.page('p', load), view.page('p', load)])
    expect(loads).toBe(1)
    clock = 14_999
    await view.page('p', load)
    expect(loads).toBe(1)
    clock = 15_000
    expect((await view.page('p', load)).json).toBe('{"load":2}')
    view.changed()
    await view.page('p', load)
    expect(loads).toBe(3)
    view.forget()
    await expect(view.page('p', () => Promise.reject(new Error('away')))).rejects.toThrow('away')
    expect((await view.page('p', load)).json).toBe('{"load":4}')
  })

  test('a load that began before a change is not kept', async () => {
    const view = createCatalogView({ announce: () => undefined })
    let finish: (body: string) => void = () => undefined
    const old = view.page('p', () => new Promise((resolve) => (finish = resolve)))
    view.changed()
    finish('old')
    await old
    expect((await view.page('p', async () => 'new')).json).toBe('"new"')
  })
})

test('a change on one instance is heard by another over NATS', async () => {
  const url = process.env.LICENSEOPERATOR_TEST_NATS_URL ?? ''
  const [here, there] = [
    openNatsLink({ url, name: 'here', log: silentLog }),
    openNatsLink({ url, name: 'there', log: silentLog }),
  ]
  const stopping = new AbortController()
  const mine = createCatalogView({ announce: () => announceCatalogChange(here) })
  const theirs = createCatalogView({ announce: () => undefined })
  const listening = onCatalogChange(there, theirs.forget, stopping.signal)
  let loads = 0
  const load = async () => ++loads
  await here.ready(5000)
  await theirs.page('p', load)
  // The subscription may still be on its way, so the change is told until it was heard.
  for (let tries = 0; loads < 2 && tries < 100; tries += 1) {
    mine.changed()
    await sleep(50)
    await theirs.page('p', load)
  }
  expect(loads).toBeGreaterThan(1)
  stopping.abort()
  await Promise.all([here.close(), there.close(), listening])
})
