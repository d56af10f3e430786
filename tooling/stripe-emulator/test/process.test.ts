import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { afterEach, expect, test } from 'vitest'
import { createControlClient } from '../src/index.ts'

const main = fileURLToPath(new URL('../src/main.ts', import.meta.url))

const started: ChildProcess[] = []
afterEach(() => {
  for (const child of started.splice(0)) child.kill('SIGKILL')
})

function start(...args: string[]): ChildProcess {
  const child = spawn(process.execPath, [main, ...args], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, STRIPE_EMULATOR_RECORD: '' },
  })
  started.push(child)
  return child
}

async function firstLine(child: ChildProcess): Promise<string> {
  if (child.stdout === null) throw new Error('no stdout')
  const [line] = await once(createInterface(child.stdout), 'line')
  return String(line)
}

test('as a process it prints one line with its address and keys, and ends on SIGTERM', async () => {
  const child = start('--key', 'sk_test_given')
  const { url, apiKey, controlToken } = JSON.parse(await firstLine(child))
  expect(apiKey).toBe('sk_test_given')
  expect(new URL(url).hostname).toBe('127.0.0.1')
  expect(await createControlClient(url, controlToken).events()).toEqual([])
  child.kill('SIGTERM')
  expect(await once(child, 'exit')).toEqual([0, null])
})

test('a taken port and a live key are one clear line and a non-zero exit', async () => {
  const first = start()
  const { port } = JSON.parse(await firstLine(first))
  for (const [args, message] of [
    [['--port', String(port)], /EADDRINUSE/],
    [['--key', 'sk_live_x'], /test keys only/],
  ] as const) {
    const second = start(...args)
    let error = ''
    second.stderr?.on('data', (chunk) => {
      error += chunk
    })
    expect((await once(second, 'close'))[0]).toBe(1)
    expect(error).toMatch(message)
  }
  first.kill('SIGTERM')
  await once(first, 'exit')
})
