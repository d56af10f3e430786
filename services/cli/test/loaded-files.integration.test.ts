import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { createTestDatabase, type TestDatabase } from '@licenseoperator/db/testing'
import { generateSigningKey } from '@licenseoperator/signing'
import { afterAll, beforeAll, expect, test } from 'vitest'

const PROGRAM = fileURLToPath(new URL('./loaded-files.ts', import.meta.url))
let database: TestDatabase
beforeAll(async () => {
  database = await createTestDatabase()
})
afterAll(() => database.drop())

test.each([[['products', 'list']], [['license', 'list']], [['payments', 'list']]])('%j loads no service', async (argv) => {
  const key = await generateSigningKey({ modulusLength: 2048 })
  const { stdout, stderr } = spawnSync(process.execPath, [PROGRAM, ...argv], {
    encoding: 'utf8',
    env: {
      PATH: process.env.PATH,
      LICENSEOPERATOR_SECURITY: JSON.stringify([{ product_key: 'core', private_key_pem: key.privateKeyPem }]),
      LICENSEOPERATOR_MYSQL_DSN: database.dsn,
      LICENSEOPERATOR_STRIPE_API_KEY: 'sk_test_none',
      LICENSEOPERATOR_STRIPE_WEBHOOK_SECRET: 'whsec_none',
      LICENSEOPERATOR_STRIPE_ROOT_APP_URL: 'https://app.example.com',
    },
  })
  expect(stderr).toBe('')
  const { code, files }: { code: number; files: string[] } = JSON.parse(stdout)
  expect(code).toBe(0)
  expect(files.some((url) => url.includes('/packages/api-schemas/'))).toBe(true)
  expect(files.filter((url) => /\/services\/(?!cli\/)/.test(url))).toEqual([])
})
