import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'

const MAIN = fileURLToPath(new URL('../src/main.ts', import.meta.url))
let folder = ''
const scripts = new Map<string, string>()
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'licenseoperator-completion-'))
  for (const shell of ['bash', 'zsh', 'fish']) {
    const { stdout, status } = spawnSync(process.execPath, [MAIN, 'completion', shell], { encoding: 'utf8', env: {} })
    expect(status).toBe(0)
    scripts.set(shell, join(folder, shell))
    writeFileSync(join(folder, shell), stdout)
  }
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

/** What bash proposes behind these words, the last of which is being typed. */
function proposed(...words: string[]): string[] {
  const program = `source "$1"; shift; COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _licenseoperator; printf '%s\\n' "\${COMPREPLY[@]}"`
  const args = ['--norc', '--noprofile', '-c', program, 'bash', scripts.get('bash') ?? '', 'licenseoperator', ...words]
  const { stdout, stderr, status } = spawnSync('bash', args, { encoding: 'utf8' })
  expect({ stderr, status }).toEqual({ stderr: '', status: 0 })
  return stdout.split('\n').filter((line) => line !== '')
}

describe('bash', () => {
  test('registers the completion for the program', () => {
    const { stdout } = spawnSync('bash', ['-c', 'source "$1"; complete -p licenseoperator', 'bash', scripts.get('bash') ?? ''], {
      encoding: 'utf8',
    })
    expect(stdout.trim()).toBe('complete -o default -F _licenseoperator licenseoperator')
  })

  test('commands, by what is typed of them', () => {
    expect(proposed('')).toEqual(expect.arrayContaining(['serve', 'license', 'config', 'completion', 'help']))
    expect(proposed('li')).toEqual(['license'])
    expect(proposed('license', 're')).toEqual(['revoke', 'restore', 'resend', 'revoke-links'])
    expect(proposed('license', '')).toHaveLength(10)
    expect(proposed('help', 'pro')).toEqual(['products'])
    expect(proposed('help', 'license', 'iss')).toEqual(['issue'])
    expect(proposed('completion', '')).toEqual(['bash', 'zsh', 'fish'])
    expect(proposed('nothing', 'x')).not.toContain('revoke')
  })

  test('flags of the command at hand, and those of every command', () => {
    expect(proposed('license', 'issue', '--p')).toEqual(['--product-key', '--plan', '--price-locked', '--persist'])
    expect(proposed('license', 'issue', '--group', 'acme', '--q')).toEqual(['--quiet'])
    expect(proposed('--o')).toEqual(['--output'])
    expect(proposed('events', 'replay', 'evt_1', '--st')).toEqual(['--status'])
  })

  test('values, where a flag takes few; also behind =', () => {
    expect(proposed('license', 'list', '--output', '')).toEqual(['table', 'json', 'csv'])
    expect(proposed('license', 'list', '--output', '=', 'c')).toEqual(['csv'])
    expect(proposed('license', 'list', '--output', '=')).toEqual(['table', 'json', 'csv'])
    expect(proposed('events', 'list', '--status', 'p')).toEqual(['processed', 'parked'])
    expect(proposed('license', 'download', 'L-1', '--out', '')).toEqual([])
  })

  test('the value of a flag is no command', () => {
    expect(proposed('--config', 'license', 'events', '')).toEqual(['list', 'show', 'replay', 'discard'])
    expect(proposed('license', '--config', 'x', 'issue', '--gr')).toEqual(['--group'])
  })

  test('as a person with a keyboard sees it', () => {
    // A real terminal, and the key that completes: `licenseoperator li<TAB>` runs as `licenseoperator license`.
    const typed = `licenseoperator() { echo "ran:$*"; }\nsource ${scripts.get('bash')}\nlicenseoperator lic\t\nexit\n`
    const { stdout } = spawnSync('script', ['-qec', 'bash --norc --noprofile -i', '/dev/null'], {
      encoding: 'utf8',
      input: typed,
      env: { PATH: process.env.PATH, TERM: 'dumb', HOME: folder },
    })
    expect(stdout).toMatch(/ran:license\s/)
  })
})

describe.each(['zsh', 'fish'])('%s', (shell) => {
  test('names every group', () => {
    const { stdout } = spawnSync(process.execPath, [MAIN, 'completion', shell], { encoding: 'utf8', env: {} })
    for (const word of ['license', 'products', 'revoke', 'product-key', 'parked']) expect(stdout).toContain(word)
  })
  // Where the shell is not installed nothing is said about its syntax.
  if (spawnSync(shell, ['-c', 'true']).status !== 0) return
  test('the shell can read it', () => {
    const { stderr, status } = spawnSync(shell, ['-n', scripts.get(shell) ?? ''], { encoding: 'utf8' })
    expect({ stderr, status }).toEqual({ stderr: '', status: 0 })
  })
})
