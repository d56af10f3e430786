import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { expect, test } from 'vitest'
import { leafProcess } from './leaf-process.ts'

test('finds the program below the shells that started it', async () => {
  const shell = spawn('sh', ['-c', 'sh -c "sleep 600 & echo \\$!; wait"; true'], { stdio: ['ignore', 'pipe', 'inherit'] })
  const [line] = (await once(shell.stdout, 'data')) as unknown[]
  const sleep = Number(String(line))
  expect(leafProcess(shell.pid ?? 0)).toBe(sleep)
  process.kill(sleep)
  await once(shell, 'close')
  expect(leafProcess(process.pid + 1_000_000_000)).toBe(process.pid + 1_000_000_000)
})
