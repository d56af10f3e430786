import { execFile } from 'node:child_process'
import { copyFileSync, mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { type Environment, startEnvironment } from '@licenseoperator/demo'
import openapiTS, { astToString } from 'openapi-typescript'
import { afterAll, beforeAll, expect, test } from 'vitest'

const run = promisify(execFile)
const at = (path: string) => fileURLToPath(new URL(path, import.meta.url))
/** Inside the package, so that the generated program finds its dependencies as any other would. */
const folder = at('../.generated')
const tsc = createRequire(import.meta.url).resolve('typescript/bin/tsc')
let environment: Environment

beforeAll(async () => {
  environment = await startEnvironment(() => undefined)
  mkdirSync(folder, { recursive: true })
}, 240_000)
afterAll(async () => {
  rmSync(folder, { recursive: true, force: true })
  await environment.stop()
})

test('a client generated from the served description compiles under strict and does what storefront and administrators do', async () => {
  const served = await fetch(`${environment.apiUrl}/authlance/license/openapi.json`)
  writeFileSync(`${folder}/api.ts`, astToString(await openapiTS(await served.text())))
  copyFileSync(at('../client/flows.ts'), `${folder}/flows.ts`)
  const compilerOptions = {
    strict: true,
    noUncheckedIndexedAccess: true,
    exactOptionalPropertyTypes: true,
    noEmit: true,
    module: 'nodenext',
    target: 'es2024',
    allowImportingTsExtensions: true,
    skipLibCheck: false,
    types: ['node'],
  }
  writeFileSync(`${folder}/tsconfig.json`, JSON.stringify({ compilerOptions, include: ['*.ts'] }))
  const compiled = await run(process.execPath, [tsc, '--project', folder]).catch((error: unknown) => ({
    stdout: String(Object(error).stdout),
  }))
  expect(compiled.stdout).toBe('')
  const ran = await run(process.execPath, [`${folder}/flows.ts`], {
    env: {
      PATH: process.env.PATH,
      API_URL: environment.apiUrl,
      MEMBER_TOKEN: environment.memberToken,
      ADMIN_TOKEN: environment.adminToken,
    },
  })
  expect(ran.stdout).toMatch(/^storefront: L-\w+ sub_\w+\nadministration: generated string\n$/)
}, 120_000)
