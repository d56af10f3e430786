import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { loadConfig, sectionNames } from '@licenseoperator/config'
import { loadSigningKey, loadVerificationKey } from '@licenseoperator/signing'
import { expect, onTestFinished, test } from 'vitest'
import { UsageError } from '../usage-error.ts'
import { makeSettings } from './make-settings.ts'
import { settingsOfExample } from './settings-of-example.ts'

const example = readFileSync(new URL('../../../../config/config.example.yaml', import.meta.url), 'utf8')
/** What a deployment says of its neighbours. */
const env = {
  LICENSEOPERATOR_MYSQL_DSN: 'licenseoperator:secret@tcp(mysql:3306)/licenseoperator',
  LICENSEOPERATOR_NATS_URL: 'nats://nats:4222',
}

function twoFolders() {
  const root = mkdtempSync(join(tmpdir(), 'licenseoperator-setup-'))
  onTestFinished(() => rmSync(root, { recursive: true, force: true }))
  const [config, emulator] = [join(root, 'config'), join(root, 'emulator')]
  for (const folder of [config, emulator]) mkdirSync(folder)
  return { config, emulator, textIn: (folder: string, name: string) => readFileSync(join(folder, name), 'utf8') }
}

const contentsOf = (folder: string) => readdirSync(folder).map((name) => [name, readFileSync(join(folder, name), 'utf8')])

test('what is made loads, signs for every product of the example, and asks the emulator', async () => {
  const { config, emulator, textIn } = twoFolders()
  await makeSettings(config, example, emulator)
  const loaded = loadConfig({ path: join(config, 'config.yaml'), env, require: sectionNames })
  // The example's catalog has one of its own.
  expect(loaded.warnings.filter((line) => !line.startsWith('stripe.products'))).toEqual([])
  const { security, stripe, internalAuth, server } = loaded.config
  expect(new Set(security.map((pair) => pair.productKey))).toEqual(
    new Set(stripe.products.map(({ product }) => product.productKey)),
  )
  const signs = loadSigningKey({ privateKeyPem: security[0]?.privateKeyPem.reveal() ?? '' })
  expect(signs.keyId).toBe(loadVerificationKey(textIn(config, 'signing.pub.pem')).keyId)
  expect(internalAuth.jwtSecret.reveal().length).toBeGreaterThanOrEqual(32)
  expect([stripe.apiBase, stripe.syncProductsOnStartup]).toEqual(['http://stripe-emulator:12111', false])
  expect(server.publicBaseUrl).toBe('http://127.0.0.1:8082')
  // What both sides have to know.
  expect(stripe.apiKey.reveal()).toBe(textIn(emulator, 'stripe_api_key'))
  expect(stripe.webhookSecrets.map((one) => one.reveal())).toEqual([textIn(emulator, 'stripe_webhook_secret')])
})

test('secrets are for their owner alone, and the emulator gets nothing but its own', async () => {
  const { config, emulator } = twoFolders()
  await makeSettings(config, example, emulator)
  const modes = (folder: string) =>
    Object.fromEntries(readdirSync(folder).map((name) => [name, (statSync(join(folder, name)).mode & 0o777).toString(8)]))
  expect(modes(config)).toEqual({
    'config.yaml': '644',
    jwt_secret: '600',
    'signing.key.pem': '600',
    'signing.pub.pem': '644',
    stripe_api_key: '600',
    stripe_webhook_secret: '600',
  })
  expect(modes(emulator)).toEqual({ control_token: '600', stripe_api_key: '600', stripe_webhook_secret: '600' })
})

test('a second run changes nothing, and one after an interruption makes what is missing', async () => {
  const { config, emulator } = twoFolders()
  expect((await makeSettings(config, example, emulator)).every(({ made }) => made)).toBe(true)
  const before = [contentsOf(config), contentsOf(emulator)]
  expect((await makeSettings(config, example, emulator)).some(({ made }) => made)).toBe(false)
  expect([contentsOf(config), contentsOf(emulator)]).toEqual(before)

  for (const name of ['config.yaml', 'signing.pub.pem']) rmSync(join(config, name))
  const again = await makeSettings(config, example, emulator)
  expect(again.filter(({ made }) => made).map(({ file }) => file)).toEqual(
    ['signing.pub.pem', 'config.yaml'].map((name) => join(config, name)),
  )
  expect([contentsOf(config), contentsOf(emulator)]).toEqual(before)
})

test('of several that run at once each file comes from one, and they fit together', async () => {
  const { config, emulator, textIn } = twoFolders()
  await Promise.all(Array.from({ length: 4 }, () => makeSettings(config, example, emulator)))
  const signs = loadSigningKey({ privateKeyPem: textIn(config, 'signing.key.pem') })
  expect(signs.keyId).toBe(loadVerificationKey(textIn(config, 'signing.pub.pem')).keyId)
  expect(textIn(emulator, 'stripe_api_key')).toBe(textIn(config, 'stripe_api_key'))
  expect([...readdirSync(config), ...readdirSync(emulator)].filter((name) => name.startsWith('.new-'))).toEqual([])
})

test('the key of an account does not go to the emulator', async () => {
  const { config, emulator } = twoFolders()
  writeFileSync(join(config, 'stripe_api_key'), 'sk_test_51Account')
  await makeSettings(config, example, emulator)
  expect(readdirSync(emulator)).toEqual([])
})

test('a file in the way of a folder is named, and so is what an example lacks', async () => {
  const { config } = twoFolders()
  writeFileSync(join(config, 'taken'), '')
  await expect(makeSettings(join(config, 'taken', 'below'), example, undefined)).rejects.toThrow(UsageError)
  expect(() => settingsOfExample(example.replace('# jwt_secret_file', '# secret_file'))).toThrow('internal_auth.jwt_secret_file')
})
