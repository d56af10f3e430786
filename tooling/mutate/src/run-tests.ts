import { spawn } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

export interface TestRun {
  readonly passed: number
  /** Names of the tests that failed; a file that could not be loaded has none. */
  readonly failed: readonly string[]
  readonly output: string
}

/** True for tests of rules, beside their source: they start no server. The project `unit` of vitest.config.ts. */
export function isUnitTest(file: string): boolean {
  return (
    /^(packages|services)\/[^/]+\/src\/.*\.test\.ts$/.test(file) && !/\.(integration|browser|faults|fuzz)\.test\.ts$/.test(file)
  )
}

/** Runs vitest on the given files, with the servers that the environment names; with none where all are unit tests. */
export async function runTests(root: string, files: readonly string[], bail: boolean): Promise<TestRun> {
  const folder = mkdtempSync(join(tmpdir(), 'mutate-'))
  const report = join(folder, 'report.json')
  const args = [
    'run',
    '--maxWorkers=1',
    '--reporter=json',
    `--outputFile=${report}`,
    ...(bail ? ['--bail=1'] : []),
    ...(files.every(isUnitTest) ? ['--project', 'unit'] : []),
  ]
  const faults = files.some((file) => file.endsWith('.faults.test.ts')) ? ['--config', 'vitest.faults.config.ts'] : []
  try {
    const output = await run(root, [...args, ...faults, ...files])
    return { ...read(report), output }
  } finally {
    rmSync(folder, { recursive: true })
  }
}

function run(root: string, args: readonly string[]): Promise<string> {
  return new Promise((resolve, reject) => {
    // Without a package manager between: that takes as long as the unit tests of a file.
    const vitest = join(root, 'node_modules/vitest/vitest.mjs')
    const child = spawn(process.execPath, [vitest, ...args], { cwd: root, stdio: ['ignore', 'pipe', 'pipe'] })
    let output = ''
    const keep = (chunk: Buffer) => {
      output += chunk.toString('utf8')
    }
    child.stdout.on('data', keep)
    child.stderr.on('data', keep)
    child.on('error', reject)
    child.on('close', () => resolve(output))
  })
}

interface Report {
  readonly numPassedTests: number
  readonly testResults: readonly {
    readonly assertionResults: readonly { readonly status: string; readonly fullName: string }[]
  }[]
}

function read(path: string): Pick<TestRun, 'passed' | 'failed'> {
  let report: Report
  try {
    report = JSON.parse(readFileSync(path, 'utf8'))
  } catch {
    return { passed: 0, failed: [] }
  }
  const failed = report.testResults.flatMap((file) => file.assertionResults.filter((test) => test.status === 'failed'))
  return { passed: report.numPassedTests, failed: failed.map((test) => test.fullName) }
}
