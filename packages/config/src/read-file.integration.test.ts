import { spawnSync } from 'node:child_process'
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { CannotRead, othersCanRead, readFile } from './read-file.ts'

const folder = mkdtempSync(join(tmpdir(), 'licenseoperator-read-'))
afterAll(() => rmSync(folder, { recursive: true }))

function aFileOf(content: string | Uint8Array, mode = 0o600): string {
  const path = join(folder, `${Math.random()}`)
  writeFileSync(path, content)
  chmodSync(path, mode)
  return path
}

function reasonFor(path: string): string | undefined {
  try {
    readFile(path)
    return undefined
  } catch (error) {
    return error instanceof CannotRead ? error.message : `not CannotRead: ${String(error)}`
  }
}

test('a file of 1 MiB is read whole, a byte more is refused', () => {
  expect(readFile(aFileOf('x'.repeat(1024 * 1024))).text).toHaveLength(1024 * 1024)
  expect(reasonFor(aFileOf('x'.repeat(1024 * 1024 + 1)))).toBe('is larger than 1 MiB')
})

test('an endless device is refused, an empty one is empty', () => {
  expect(reasonFor('/dev/zero')).toBe('is larger than 1 MiB')
  expect(readFile('/dev/null').text).toBe('')
})

test('a pipe is read to its end', () => {
  const script = `const { readFile } = await import(${JSON.stringify(join(import.meta.dirname, 'read-file.ts'))}); process.stdout.write(String(readFile('/dev/stdin').text.length))`
  const pipeline = ['-c', 'seq 1 20000 | "$0" --input-type=module -e "$1"', process.execPath, script]
  const { stdout } = spawnSync('sh', pipeline, { encoding: 'utf8' })
  expect(stdout).toBe('108894')
})

test('folders, missing files and other encodings have a reason each', () => {
  expect(reasonFor(folder)).toBe('is a directory, not a file')
  expect(reasonFor(join(folder, 'gone'))).toBe('there is no such file')
  expect(reasonFor(join(aFileOf('x'), 'below'))).toBe('there is no such file')
  expect(reasonFor(aFileOf(new Uint8Array([0x73, 0xff, 0xfe])))).toBe('is not UTF-8 text')
})

test.each([
  [0o600, false],
  [0o400, false],
  [0o640, true],
  [0o604, true],
  [0o644, true],
])('mode %o is readable by others: %j', (mode, expected) => {
  expect(othersCanRead(readFile(aFileOf('x', mode)))).toBe(expected)
})
