import { execFileSync } from 'node:child_process'
import { cpSync, mkdirSync, readdirSync, readFileSync, symlinkSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { Workbench } from '../test/openssl.ts'

const repository = fileURLToPath(new URL('../../..', import.meta.url))
/** From the package's folder. */
const packManifest = '../../tooling/bundle/src/pack-manifest.ts'
const tsc = join(dirname(createRequire(import.meta.url).resolve('typescript/package.json')), 'bin/tsc')

test('what `npm pack` makes installs offline in an empty folder, runs without TypeScript and type-checks in a strict project of another team', () => {
  using bench = new Workbench()
  const source = copyOfTheRepository(bench.folder)
  const before = readFileSync(join(source, 'package.json'), 'utf8')
  npm(source, 'pack', '--pack-destination', bench.folder)
  expect(readFileSync(join(source, 'package.json'), 'utf8')).toBe(before)
  const tarball = readdirSync(bench.folder).find((name) => name.endsWith('.tgz')) ?? ''

  const team = join(bench.folder, 'team')
  mkdirSync(team)
  bench.write('team/package.json', '{"type":"module"}')
  npm(team, 'install', '--offline', '--cache', join(bench.folder, 'cache'), join(bench.folder, tarball))
  const installed = join(team, 'node_modules/@licenseoperator/signing')
  expect(readdirSync(join(team, 'node_modules/@licenseoperator'))).toEqual(['signing'])
  expect(
    readdirSync(installed, { recursive: true }).filter((name) => /test|\.tsx?$/.test(String(name).replace('.d.ts', ''))),
  ).toEqual([])
  expect(readFileSync(join(installed, 'package.json'), 'utf8')).not.toMatch(/"(catalog|workspace):|\/src\/|"scripts"/)
  cpSync(join(installed, 'vectors'), join(team, 'vectors'), { recursive: true })

  bench.write('team/consumer.ts', consumer)
  bench.write(
    'team/tsconfig.json',
    JSON.stringify({
      compilerOptions: { module: 'nodenext', strict: true, noEmit: true, types: ['node'], lib: ['es2023', 'dom'] },
    }),
  )
  symlinkSync(join(repository, 'node_modules/@types'), join(team, 'node_modules/@types'))
  run(team, tsc, '-p', '.')

  bench.write('team/verify.js', consumer.replaceAll(/: (string|Vector\[\]|Key\[\])/g, '').replace(/^type .*\n/gm, ''))
  expect(run(team, 'verify.js').trim()).toBe('as expected')
}, 120_000)

test('a packing that was killed half way is mended by the next', () => {
  using bench = new Workbench()
  const source = copyOfTheRepository(bench.folder)
  const before = readFileSync(join(source, 'package.json'), 'utf8')
  const publish = () => run(source, packManifest, 'publish')
  publish()
  const published = readFileSync(join(source, 'package.json'), 'utf8')
  expect(published).not.toBe(before)
  publish()
  expect(readFileSync(join(source, 'package.json'), 'utf8')).toBe(published)
  run(source, packManifest, 'restore')
  expect(readFileSync(join(source, 'package.json'), 'utf8')).toBe(before)
})

/** Packing rewrites package.json for a moment; nobody else's run may see that. @returns the package's folder in the copy */
function copyOfTheRepository(folder: string): string {
  const copy = join(folder, 'repository')
  const source = join(copy, 'packages/signing')
  const left = new Set(['node_modules', 'dist', '.turbo'].map((name) => join(repository, 'packages/signing', name)))
  cpSync(join(repository, 'packages/signing'), source, { recursive: true, filter: (path) => !left.has(path) })
  cpSync(join(repository, 'tsconfig.json'), join(copy, 'tsconfig.json'))
  cpSync(join(repository, 'packages/signing', packManifest), join(source, packManifest))
  symlinkSync(join(repository, 'node_modules'), join(copy, 'node_modules'))
  return source
}

function npm(cwd: string, ...args: string[]): void {
  execFileSync('npm', [...args, '--no-audit', '--no-fund'], { cwd, stdio: 'pipe', env: withoutOurs(process.env) })
}

/** Whoever runs the tests through a package manager has its settings in the environment. */
function withoutOurs(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(env).filter(([name]) => !/^(npm|pnpm)_/i.test(name)))
}

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
