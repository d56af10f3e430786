import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { Workbench } from '../test/openssl.ts'

test('the examples of the README run as printed: one issues, ten lines verify', () => {
  const readme = readFileSync(new URL('../README.md', import.meta.url), 'utf8')
  const [verifying = '', issuing = ''] = [...readme.matchAll(/```ts\n([^`]+)```/g)].map((match) => match[1])
  expect(verifying.trim().split('\n').length).toBeLessThanOrEqual(10)
  using bench = new Workbench()
  run(bench, issuing)
  expect(run(bench, verifying)).toBe('acme ok\n')
})

function run(bench: Workbench, example: string): string {
  bench.write('example.mts', example.replace('@licenseoperator/signing', new URL('./index.ts', import.meta.url).href))
  return execFileSync(process.execPath, ['example.mts'], { cwd: bench.folder, encoding: 'utf8' })
}

test('the example of a revoked license runs as printed, in ten lines', () => {
  const readme = readFileSync(new URL('../README.md', import.meta.url), 'utf8')
  const examples = [...readme.matchAll(/```ts\n([^`]+)```/g)].map((match) => match[1] ?? '')
  const revoking = examples.find((example) => example.includes('verifyRevocationList')) ?? ''
  expect(revoking.trim().split('\n').length).toBeLessThanOrEqual(10)
  using bench = new Workbench()
  const signing = JSON.stringify(new URL('./index.ts', import.meta.url).href)
  run(
    bench,
    `${examples[1]}
const { signRevocationList } = await import(${signing})
const revoked = [{ licenseId: payload.licenseId, revokedAt: payload.issuedAt, reason: 'superseded', supersededBy: 'L-2' }]
const list = { type: 'licenseoperator.revocations', v: 1, number: 7, issuedAt: payload.issuedAt, productKeys: ['core'], revoked }
writeFileSync('revocations.txt', await signRevocationList(list, loadSigningKey({ privateKeyPem })))`,
  )
  expect(run(bench, revoking)).toBe('superseded L-2\n')
})
