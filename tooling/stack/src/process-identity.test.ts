import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { expect, test } from 'vitest'
import { goneProcess } from '../test/gone-process.ts'
import { identityOf, isAlive, processesWithArgument, signalProcess } from './process-identity.ts'

test('we are alive, a process that ended is not', () => {
  expect(identityOf(process.pid)).toSatisfy(isAlive)
  expect(goneProcess()).not.toSatisfy(isAlive)
})

test('a process with the number of another one is not mistaken for it, and not signalled', () => {
  const earlier = { pid: process.pid, startTime: '1' }
  expect(isAlive(earlier)).toBe(false)
  // It would end this test run.
  signalProcess(earlier, 'SIGKILL')
})

test.each([0, -1, 1.5, Number.NaN])('%s is no process', (pid) => {
  expect(identityOf(pid)).toBeUndefined()
})

test.runIf(process.platform === 'linux')('a process is found by a whole argument, not by a part of it', async () => {
  const mark = `--mark=${crypto.randomUUID()}`
  const child = spawn(process.execPath, ['-e', 'setInterval(() => 0, 1e6)', '--', mark])
  await once(child, 'spawn')
  try {
    expect(processesWithArgument(mark)).toEqual([identityOf(child.pid ?? 0)])
    expect(processesWithArgument(mark.slice(0, -1))).toEqual([])
  } finally {
    child.kill('SIGKILL')
    await once(child, 'exit')
  }
})
