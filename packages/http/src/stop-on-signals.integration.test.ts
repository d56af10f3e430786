import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { afterEach, expect, test } from 'vitest'

const program = fileURLToPath(new URL('../test/stoppable-process.ts', import.meta.url))
const children: ChildProcess[] = []
afterEach(() => {
  for (const child of children.splice(0)) child.kill('SIGKILL')
})

/** Starts the process; `said(text)` resolves once it logged that message. */
function start(mode: string) {
  const child = spawn(process.execPath, [program, mode], { stdio: ['ignore', 'pipe', 'inherit'] })
  children.push(child)
  const messages: string[] = []
  const waiting = new Map<string, () => void>()
  createInterface({ input: child.stdout }).on('line', (line) => {
    const { msg } = JSON.parse(line) as { msg: string }
    messages.push(line.includes('secret') ? 'LEAK' : msg)
    waiting.get(msg)?.()
  })
  const said = (msg: string) =>
    messages.includes(msg) ? Promise.resolve() : new Promise<void>((resolve) => waiting.set(msg, resolve))
  const exit = once(child, 'close').then(([code]) => code as number | null)
  return { child, said, exit, messages }
}

test.each(['SIGTERM', 'SIGINT'] as const)('%s stops everything in order and exits with 0', async (signal) => {
  const { child, said, exit, messages } = start('normal')
  await said('ready')
  child.kill(signal)
  expect(await exit).toBe(0)
  expect(messages).toEqual(['ready', 'stopping', 'first stopped', 'last stopped', 'stopped'])
})

test('a second signal ends at once', async () => {
  const { child, said, exit, messages } = start('hang')
  await said('ready')
  child.kill('SIGTERM')
  await said('first stopped')
  child.kill('SIGTERM')
  expect(await exit).toBe(143)
  expect(messages).not.toContain('last stopped')
})

test('what fails to stop does not keep the rest from stopping, and shows in the exit code', async () => {
  const { child, said, exit, messages } = start('fail')
  await said('ready')
  child.kill('SIGTERM')
  expect(await exit).toBe(1)
  expect(messages).toEqual(['ready', 'stopping', 'first stopped', 'failed to stop', 'last stopped', 'stopped'])
})

test.each([
  ['throw', 'uncaught exception'],
  ['reject', 'unhandled rejection'],
])('a process that would %s unnoticed logs it without its message and exits with 1', async (mode, message) => {
  const { exit, messages } = start(mode)
  expect(await exit).toBe(1)
  expect(messages).toEqual(['ready', message])
})
