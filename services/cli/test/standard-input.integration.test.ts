import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { aSigner, filesOf } from './a-signed-text.ts'

const MAIN = fileURLToPath(new URL('../src/main.ts', import.meta.url))

test('a license comes from standard input where the file is -, before the flags and behind them', async () => {
  const signer = await aSigner()
  const license = await signer.license('L-01JZX3F9T5M2Q8V7K4N6R0B1CD')
  const key = ['--public-key', filesOf({ 'a.pub.pem': signer.pems.publicKeyPem })('a.pub.pem')]
  const run = (...args: string[]) =>
    spawnSync(process.execPath, [MAIN, 'license', ...args], { input: license, encoding: 'utf8', env: { PATH: process.env.PATH } })
  for (const args of [
    ['verify', '-', ...key],
    ['verify', ...key, '-'],
    ['inspect', '-'],
  ]) {
    const { status, stdout, stderr } = run(...args)
    expect([status, stderr]).toEqual([0, expect.not.stringContaining('missing')])
    expect(stdout).toContain('L-01JZX3F9T5M2Q8V7K4N6R0B1CD')
  }
})
