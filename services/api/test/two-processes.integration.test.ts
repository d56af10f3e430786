import { createTestDatabase, insertProduct, type TestDatabase } from '@licenseoperator/db/testing'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { aMember, aSysadmin } from './an-api.ts'
import { type ApiProcess, startApiProcess, stopAllApis } from './an-api-process.ts'

let database: TestDatabase
let apis: ApiProcess[]

beforeAll(async () => {
  database = await createTestDatabase()
  apis = await Promise.all([startApiProcess(database.dsn), startApiProcess(database.dsn)])
  await insertProduct(database.db, { slug: 'core', productKey: 'core' })
})
afterAll(async () => {
  await Promise.all(apis.map((api) => api.stop()))
  stopAllApis()
  await database.drop()
})

const urlOf = (index: number) => apis[index % 2]?.url ?? ''

test('500 trial requests for one group at once over two processes: one 201, 499 times 200 with the same text', async () => {
  const authorization = await aMember('acme')
  const spellings = ['acme', 'ACME', 'Acme ']
  const answers = await Promise.all(
    Array.from({ length: 500 }, async (_, index) => {
      const group = encodeURIComponent(spellings[index % 3] ?? '')
      const answer = await fetch(`${urlOf(index)}/authlance/license/trial/${group}/issue`, {
        method: 'POST',
        headers: { authorization, 'content-type': 'application/json' },
        body: JSON.stringify({ domain: '.acme.test', productKey: 'core' }),
      })
      return { status: answer.status, text: await answer.text() }
    }),
  )
  const tally = Map.groupBy(answers, ({ status }) => status)
  expect([...tally].map(([status, all]) => [status, all.length]).toSorted()).toEqual([
    [200, 499],
    [201, 1],
  ])
  expect(new Set(answers.map(({ text }) => text)).size).toBe(1)
  expect(await database.db.selectFrom('licenses').select('license_id').execute()).toHaveLength(1)
}, 60_000)

test('what an administrator changes through one process, the shop of the other shows', async () => {
  const shop = async () => await (await fetch(`${urlOf(1)}/authlance/license/products`)).text()
  expect(await shop()).toContain('"slug":"core"')
  const name = `Renamed ${crypto.randomUUID()}`
  const changed = await fetch(`${urlOf(0)}/authlance/license/admin/products/core`, {
    method: 'PUT',
    headers: { authorization: await aSysadmin(), 'content-type': 'application/json' },
    body: JSON.stringify({ name }),
  })
  expect(changed.status).toBe(200)
  // Told over NATS within milliseconds; without that it would be the expiry, which this loop would reach as well.
  let asked = 0
  while (!(await shop()).includes(name)) {
    asked += 1
    if (asked > 5000) throw new Error('the change was never shown')
  }
}, 60_000)
