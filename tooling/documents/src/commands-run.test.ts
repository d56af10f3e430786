import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { licenseoperator, type Ran, runNode, wordsOf } from './command-line.ts'
import { shownCommands } from './commands.ts'
import { readMarkdown } from './document.ts'
import { root, workingTree } from './repository.ts'

// What documents show and what harms nothing is run as they show it, one command after the other, in a folder of its own.

const repository = workingTree()
const shown = ['README.md', 'docs/OPERATING.md'].flatMap((path) => shownCommands(readMarkdown(path, repository.read(path))))
const folder = mkdtempSync(join(tmpdir(), 'documents-'))
const place = { LICENSEOPERATOR_NATS_URL: 'nats://127.0.0.1:9', LICENSEOPERATOR_MYSQL_DSN: 'lo:pw@tcp(127.0.0.1:9)/lo' }
let env: Record<string, string> = {}

/** Runs the one command of the documents that begins so; `without` drops a flag with its value. */
function runShown(start: string, without: readonly string[] = []): Promise<Ran> {
  const command = shown.find(({ text }) => text.startsWith(`licenseoperator ${start}`))
  if (command === undefined) throw new Error(`no document shows licenseoperator ${start}`)
  const words = wordsOf(command.text).slice(1)
  const dropped = words.flatMap((word, index) => (without.includes(word) ? [index, index + 1] : []))
  return licenseoperator(
    words.filter((word, index) => !dropped.includes(index) && word !== '--persist'),
    { env, cwd: folder },
  )
}

beforeAll(async () => {
  const made = await runShown('keys generate')
  expect(made).toMatchObject({ code: 0, stderr: '' })
  const privateKeyPem = readFileSync(join(folder, 'signing.key.pem'), 'utf8')
  const named = readFileSync(`${root}/config/config.example.yaml`, 'utf8').matchAll(/product_key: (\w+)/g)
  const productKeys = new Set([...named].map(([, key = '']) => key)).add('auth')
  env = {
    ...place,
    CONFIG_FILE: `${root}/config/config.example.yaml`,
    LICENSEOPERATOR_SECURITY: JSON.stringify(
      [...productKeys].map((key) => ({ product_key: key, private_key_pem: privateKeyPem })),
    ),
    LICENSEOPERATOR_INTERNAL_AUTH_JWT_SECRET: 'a secret of the documents, long enough for HS256',
    LICENSEOPERATOR_STRIPE_API_KEY: 'sk_test_documents',
    LICENSEOPERATOR_STRIPE_WEBHOOK_SECRET: 'whsec_documents',
    LICENSEOPERATOR_STRIPE_ROOT_APP_URL: 'https://dashboard.example.com',
  }
})
afterAll(() => rmSync(folder, { recursive: true }))

test('the configuration of the example is good, and is printed without its secrets', async () => {
  expect(await runShown('config check')).toMatchObject({ code: 0 })
  const printed = await runShown('config print')
  expect(printed).toMatchObject({ code: 0, stdout: expect.stringContaining('[secret]') })
  expect(printed.stdout).not.toContain('whsec_documents')
})

test('a license that is issued as shown verifies as shown', async () => {
  const issued = await runShown('license issue', ['--expires'])
  expect(issued).toMatchObject({ code: 0, stdout: expect.stringContaining('BEGIN LICENSE') })
  writeFileSync(join(folder, 'acme.lic'), issued.stdout)
  expect(await runShown('license verify')).toMatchObject({ code: 0, stdout: expect.stringContaining('valid') })
})

test('without the seven variables the configuration is refused with 78', async () => {
  const refused = await licenseoperator(['config', 'check'], { env: { CONFIG_FILE: `${root}/config/config.example.yaml` } })
  expect(refused.code).toBe(78)
  expect(refused.stderr.match(/ required|must be a list/g)).toHaveLength(7)
})

test('the mutants are listed: what each plants is still found', async () => {
  const listed = await runNode([`${root}/tooling/mutate/src/main.ts`, '--list'])
  expect(listed).toMatchObject({ code: 0, stderr: '' })
  expect(listed.stdout.split('\n').length).toBeGreaterThan(80)
})

test.each(['services/api/src/main.ts', 'services/webhook-ingest/src/main.ts', 'services/cli/src/main.ts'])(
  '%s tells its version',
  async (program) => {
    expect(await runNode([`${root}/${program}`, '--version'])).toMatchObject({
      code: 0,
      stdout: expect.stringMatching(/\d+\.\d+/),
    })
  },
)
