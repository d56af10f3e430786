import { execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, onTestFinished, test } from 'vitest'
import { type ShellBlock, shellBlocks } from './shell-blocks.ts'

const repository = fileURLToPath(new URL('../../../', import.meta.url))
const document = readFileSync(join(repository, 'docs/GETTING-STARTED.md'), 'utf8')
const blocks = shellBlocks(document)
const runnable = blocks.filter(({ needs }) => needs === undefined)
const TEN_MINUTES = 600_000

test.each(['GETTING-STARTED.md', 'DEPLOY.md'])('no line of %s is longer than 100 characters', (name) => {
  const lines = readFileSync(join(repository, 'docs', name), 'utf8').split('\n')
  expect(lines.filter((line) => [...line].length > 100)).toEqual([])
})

test('a mark that nobody knows is refused', () => {
  expect(shellBlocks('```sh\na\n```\n```yaml\nb\n```\n```sh docker\nc\n```')).toEqual([
    { line: 2, needs: undefined, text: 'a' },
    { line: 8, needs: 'docker', text: 'c' },
  ])
  for (const info of ['sh dokcer', 'bash', 'sh docker later']) expect(() => shellBlocks(`\`\`\`${info}\na\n\`\`\``)).toThrow(info)
})

test(
  'the shell blocks lead from a fresh clone to a license that verifies',
  async () => {
    const folder = mkdtempSync(join(tmpdir(), 'licenseoperator-start-'))
    onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
    const clone = join(folder, 'clone')
    execFileSync('git', ['clone', '--quiet', repository, clone])
    // What stands in the document is what is tried, also before it is committed.
    writeFileSync(join(clone, 'docs/GETTING-STARTED.md'), document)

    const output = await runInBash(clone, await scriptOf(runnable))
    expect(output).toMatch(/^status +valid/m)
    expect(output).toContain('the books agree')
    expect(output.match(/^== line \d+$/gm)).toEqual(runnable.map(({ line }) => `== line ${line}`))
    process.stdout.write(`getting started: ${runnable.length} blocks run; ${notRun()}\n`)
  },
  TEN_MINUTES,
)

function notRun(): string {
  const lines = (need: string) => blocks.filter(({ needs }) => needs === need).map(({ line }) => line)
  return `not run here: of lines ${lines('docker').join(', ')}, which need Docker, and ${lines('stripe').join(', ')}, which need an account at Stripe`
}

/** One shell for all blocks, as whoever reads along has one; it stops at the first command that fails. */
async function scriptOf(steps: readonly ShellBlock[]): Promise<string> {
  const [api, emulator] = [await freePort(), await freePort()]
  const text = steps.map((block) => `echo; echo "== line ${block.line}"\n${block.text}`).join('\n')
  return `set -euo pipefail\n${text.replaceAll(/\b8082\b/g, String(api)).replaceAll(/\b12111\b/g, String(emulator))}\n`
}

/** @returns standard output @throws Error with the end of all that was said when the shell fails */
async function runInBash(cwd: string, script: string): Promise<string> {
  const log = join(cwd, '..', 'log')
  const file = openSync(log, 'w')
  const shell = spawn('bash', ['-c', script], { cwd, env: plainEnvironment(), stdio: ['ignore', file, file], detached: true })
  onTestFinished(() => {
    // Whatever a failed run has left of its group.
    try {
      process.kill(-(shell.pid ?? 0), 'SIGKILL')
    } catch (error) {
      if (!(error instanceof Error && 'code' in error && error.code === 'ESRCH')) throw error
    }
  })
  const [code] = (await once(shell, 'exit')) as unknown[]
  const output = readFileSync(log, 'utf8')
  if (code === 0) expect(() => process.kill(-(shell.pid ?? 0), 0), 'a process is left').toThrow('ESRCH')
  if (code !== 0) throw new Error(`the shell ended with ${String(code)}:\n${output.split('\n').slice(-40).join('\n')}`)
  return output
}

/** The shell of a person: nothing of the package manager that runs this test, and no server of its stack. */
function plainEnvironment(): NodeJS.ProcessEnv {
  const ours = /^(npm_|pnpm_|LICENSEOPERATOR_|VITEST|NODE_|INIT_CWD|TURBO_)/i
  const path = (process.env.PATH ?? '').split(':').filter((one) => !one.includes('node_modules'))
  return { ...Object.fromEntries(Object.entries(process.env).filter(([name]) => !ours.test(name))), PATH: path.join(':') }
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer()
    server.once('error', reject)
    server.listen(0, '127.0.0.1', () => {
      const address = server.address()
      server.close(() => resolve(typeof address === 'object' && address !== null ? address.port : 0))
    })
  })
}
