import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'

const root = fileURLToPath(new URL('../../../', import.meta.url))
/** As the commands and the README name them, wherever somebody puts them. */
const OURS = [
  'signing.key.pem',
  'signing.pub.pem',
  'config/config.yaml',
  'deploy/config.yaml',
  'acme.lic',
  'keys/next.key.pem',
  '.env',
]

test('what holds secrets or customers is neither committed nor copied into an image', () => {
  const ignored = execFileSync('git', ['check-ignore', '--no-index', ...OURS], { cwd: root, encoding: 'utf8' })
  expect(ignored.trim().split('\n')).toEqual(OURS)
  const patterns = readFileSync(`${root}.dockerignore`, 'utf8').split('\n')
  for (const pattern of ['**/*.key.pem', '**/*.lic', '**/config.yaml', '**/.env']) expect(patterns).toContain(pattern)
})

test('what the repository itself is made of stays in it', () => {
  const tracked = execFileSync('git', ['ls-files', '--cached', '--ignored', '--exclude-standard'], {
    cwd: root,
    encoding: 'utf8',
  })
  expect(tracked).toBe('')
})
