import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { aSigner } from './a-signed-text.ts'

const MAIN = fileURLToPath(new URL('../src/main.ts', import.meta.url))
const ESCAPE = '\u001b['

const folder = mkdtempSync(join(tmpdir(), 'licenseoperator-cli-'))
const at = (name: string) => join(folder, name)
let security: string
beforeAll(async () => {
  const signer = await aSigner()
  writeFileSync(at('a.lic'), await signer.license('L-1'))
  writeFileSync(at('public.pem'), signer.pems.publicKeyPem)
  security = JSON.stringify([{ product_key: 'core', private_key_pem: signer.pems.privateKeyPem }])
})

afterAll(() => rmSync(folder, { recursive: true }))

const verify = () => ['license', 'verify', at('a.lic'), '--public-key', at('public.pem')]
const issue = ['license', 'issue', '--group', 'acme', '--email', 'a@acme.test', '--product-key', 'core']

function program(args: readonly string[], env: Record<string, string> = {}) {
  const { stdout, stderr, status } = spawnSync(process.execPath, [MAIN, ...args], { encoding: 'utf8', env })
  return { stdout, stderr, status }
}

/** Everything that a person sees: both streams end in one terminal. */
function onTerminal(args: readonly string[], env: Record<string, string> = {}, columns = 120): string {
  const line = [process.execPath, MAIN, ...args].map((word) => `'${word}'`).join(' ')
  const { stdout } = spawnSync('script', ['-qec', `stty cols ${columns}; ${line}`, '/dev/null'], {
    encoding: 'utf8',
    env: { PATH: process.env.PATH ?? '', TERM: 'xterm-256color', ...env },
  })
  return stdout.replaceAll('\r\n', '\n')
}

describe('colours', () => {
  test('on a terminal: an answer, an error, a heading', () => {
    expect(onTerminal(verify())).toContain(`${ESCAPE}32mstatus`)
    expect(onTerminal(['license', 'nothing'])).toContain(`${ESCAPE}31mlicenseoperator: unknown command`)
    expect(onTerminal(['help'])).toContain(`${ESCAPE}1mUsage${ESCAPE}22m`)
  })

  test.each([
    ['NO_COLOR', [], { NO_COLOR: '1' }],
    ['--no-color', ['--no-color'], {}],
    ['--no-color over FORCE_COLOR', ['--no-color'], { FORCE_COLOR: '1' }],
    ['a terminal that knows none', [], { TERM: 'dumb' }],
    ['FORCE_COLOR=0', [], { FORCE_COLOR: '0' }],
  ])('none with %s', (_what, flags, env) => {
    expect(onTerminal([...verify(), ...flags], env)).toMatch(/^status +valid$/m)
  })

  test('an empty NO_COLOR is none', () => expect(onTerminal(['help'], { NO_COLOR: '' })).toContain(ESCAPE))

  test('none in a pipe, unless FORCE_COLOR asks for them; never in data for programs', () => {
    expect(program(verify())).toMatchObject({ status: 0, stdout: expect.not.stringContaining(ESCAPE), stderr: '' })
    expect(program(verify(), { FORCE_COLOR: '1' }).stdout).toContain(`${ESCAPE}32m`)
    for (const output of ['json', 'csv'])
      expect(program([...verify(), '--output', output], { FORCE_COLOR: '1' }).stdout).not.toContain(ESCAPE)
  })

  test('what a terminal would obey is escaped in coloured lines as well', () => {
    expect(onTerminal(['lic\u001b[2Jense'])).toContain('unknown command lic\\u001b[2Jense')
  })
})

test('help is broken at the width of the terminal', () => {
  for (const columns of [60]) {
    const text = onTerminal(['help'], { NO_COLOR: '1' }, columns).split('\n')
    const described = text.filter((line) => !line.startsWith('  licenseoperator') && !/^ {2}\d/.test(line))
    expect(Math.max(...described.slice(1).map((line) => line.length))).toBeLessThanOrEqual(columns)
  }
})

describe('standard output is data, standard error is talk', () => {
  const env = () => ({ LICENSEOPERATOR_SECURITY: security, LICENSEOPERATOR_NOTHING: '1' })

  test('a license alone goes into the file; what is said stands beside it', () => {
    const { stdout, stderr, status } = program(issue, env())
    expect(status).toBe(0)
    expect(stdout).toMatch(/^-----BEGIN LICENSE-----\n[\s\S]*-----END LICENSE-----\n$/)
    expect(stderr).toMatch(/warning: environment variable LICENSEOPERATOR_NOTHING[\s\S]*issued L-/)
  })

  test('--quiet: the same data, no talk', () => {
    const { stdout, stderr, status } = program([...issue, '--quiet'], env())
    expect({ stderr, status }).toEqual({ stderr: '', status: 0 })
    expect(stdout).toMatch(/^-----BEGIN LICENSE-----\n/)
  })

  test('--quiet silences no error', () => {
    const { stdout, stderr, status } = program(['license', 'inspect', '/nowhere.lic', '--quiet'])
    expect({ stdout, stderr, status }).toEqual({
      stdout: '',
      stderr: 'licenseoperator: cannot read /nowhere.lic\n',
      status: 2,
    })
  })
})
