import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test, vi } from 'vitest'
import { goneProcess } from '../test/gone-process.ts'
import { scratchFolder } from '../test/scratch-folder.ts'
import { withLock } from './folder-lock.ts'
import { identityOf } from './process-identity.ts'

const never = () => {
  throw new Error('waited')
}

test('a lock is gone after the work, also after work that failed', async () => {
  const folder = scratchFolder()
  await expect(withLock(join(folder, 'lock'), async () => 'done', never)).resolves.toBe('done')
  await expect(withLock(join(folder, 'lock'), async () => Promise.reject(new Error('no')), never)).rejects.toThrow('no')
  expect(readdirSync(folder)).toEqual([])
})

test.each([
  ['of a process that ended', () => JSON.stringify(goneProcess())],
  ['of a process whose number another one has now', () => JSON.stringify({ pid: process.pid, startTime: '1' })],
  ['that is empty', () => ''],
  ['that is half written', () => '{"pid":1'],
])('a lock %s counts as free', async (_what, content) => {
  const path = join(scratchFolder(), 'lock')
  writeFileSync(path, content())
  await expect(withLock(path, async () => 'done', never)).resolves.toBe('done')
})

test('the lock of a live process is respected until it is given back', async () => {
  const path = join(scratchFolder(), 'lock')
  const steps: string[] = []
  const gate = Promise.withResolvers<void>()
  const inside = Promise.withResolvers<void>()
  const first = withLock(
    path,
    async () => {
      inside.resolve()
      await gate.promise
      steps.push('first')
    },
    never,
  )
  await inside.promise
  const second = withLock(
    path,
    async () => steps.push('second'),
    () => gate.resolve(),
  )
  await Promise.all([first, second])
  expect(steps).toEqual(['first', 'second'])
})

test('of many that find a stale lock, one at a time gets it', async () => {
  const path = join(scratchFolder(), 'lock')
  writeFileSync(path, JSON.stringify(goneProcess()))
  let inside = 0
  const seen: number[] = []
  const work = async () => {
    inside += 1
    seen.push(inside)
    await new Promise(setImmediate)
    inside -= 1
  }
  await Promise.all(Array.from({ length: 5 }, () => withLock(path, work, vi.fn())))
  expect(seen).toEqual([1, 1, 1, 1, 1])
  expect(existsSync(path)).toBe(false)
})

test('the lock names its owner', async () => {
  const path = join(scratchFolder(), 'lock')
  const owner = await withLock(path, async () => JSON.parse(readFileSync(path, 'utf8')) as unknown, never)
  expect(owner).toEqual(identityOf(process.pid))
})
