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
