import { execFileSync } from 'node:child_process'
import { cpSync, readdirSync, readFileSync, symlinkSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { Workbench } from '../test/openssl.ts'

const packageFolder = fileURLToPath(new URL('..', import.meta.url))
const tsc = join(dirname(createRequire(import.meta.url).resolve('typescript/package.json')), 'bin/tsc')

test('the published form runs without TypeScript and type-checks in a strict project of another team', () => {
  using bench = new Workbench()
  const installed = join(bench.folder, 'node_modules/@licenseoperator/signing')
  run(packageFolder, tsc, '-p', 'tsconfig.build.json', '--outDir', join(installed, 'dist'))
  expect(readdirSync(join(installed, 'dist'), { recursive: true }).filter((name) => String(name).includes('test'))).toEqual([])
  const manifest = JSON.parse(readFileSync(join(packageFolder, 'package.json'), 'utf8'))
  bench.write('node_modules/@licenseoperator/signing/package.json', JSON.stringify({ ...manifest, ...manifest.publishConfig }))
  cpSync(join(packageFolder, 'vectors'), join(bench.folder, 'vectors'), { recursive: true })

  bench.write('package.json', '{"type":"module"}')
  bench.write('consumer.ts', consumer)
  bench.write(
    'tsconfig.json',
    JSON.stringify({
      compilerOptions: { module: 'nodenext', strict: true, noEmit: true, types: ['node'], lib: ['es2023', 'dom'] },
    }),
  )
  symlinkSync(join(packageFolder, '../../node_modules/@types'), join(bench.folder, 'node_modules/@types'))
  run(bench.folder, tsc, '-p', '.')

  bench.write('verify.js', consumer.replaceAll(/: (string|Vector\[\]|Key\[\])/g, '').replace(/^type .*\n/gm, ''))
  expect(run(bench.folder, 'verify.js').trim()).toBe('as expected')
}, 120_000)

function run(folder: string, script: string, ...args: string[]): string {
  return execFileSync(process.execPath, [script, ...args], { cwd: folder, encoding: 'utf8' })
}

const consumer = `
import { readFileSync } from 'node:fs'
import * as node from '@licenseoperator/signing'
import * as web from '@licenseoperator/signing/web'
type Key = { publicKeyPem: string; state: node.KeyState; productKeys?: string[] }
type Vector = { name: string; text: string; options: { now: string; lastSeenAt?: string }; expected: { status: node.LicenseStatus } }
const read = (name: string) => JSON.parse(readFileSync('vectors/' + name, 'utf8')).vectors
const keys: Key[] = read('v1-keys.json')
const nodeRing = node.createKeyRing(keys.map((key) => ({ ...key, key: node.loadVerificationKey(key.publicKeyPem) })))
const webRing = web.createKeyRing(await Promise.all(keys.map(async (key) => ({ ...key, key: await web.loadVerificationKey(key.publicKeyPem) }))))
const vectors: Vector[] = [...read('v1-valid.json'), ...read('v1-rejected.json')]
for (const { name, text, options, expected } of vectors) {
  const { now, lastSeenAt, ...rest } = options
  const given = { ...rest, now: () => new Date(now), lastSeenAt: lastSeenAt ? new Date(lastSeenAt) : undefined }
  const statuses = [node.verifyLicense(text, nodeRing, given).status, (await web.verifyLicense(text, webRing, given)).status]
  if (statuses.some((status) => status !== expected.status)) throw new Error(name + ': ' + statuses)
}
const { privateKeyPem } = await node.generateSigningKey({ modulusLength: 2048 })
const key = node.loadSigningKey({ privateKeyPem })
const signed = await node.signLicense({ v: 1, licenseId: 'L-1', group: 'acme', email: 'a@acme.test', productKey: 'core', plan: 'pro', licenseType: 'trial', issuedAt: '2026-01-01T00:00:00Z', expiresAt: '2026-02-01T00:00:00Z', priceLocked: false }, key)
if (node.verifyLicense(signed.text, key, { now: () => new Date('2026-01-02T00:00:00Z') }).status !== 'valid') throw new Error('own license')
console.log(vectors.length > 100 ? 'as expected' : 'too few vectors')
`
