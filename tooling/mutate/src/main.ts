// Plants each stated mutant in the working tree and runs the tests that must notice it. `pnpm mutate` runs all;
// `pnpm mutate WORD…` those in the list of that name, else those whose list, rule or file contains one of the words;
// `--list` prints them. A mutant that no test notices is an error, and so is one that can't be planted. Where unit
// tests notice all that were chosen, as in the list `money`, no server is started.
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { acquireStack } from '@licenseoperator/stack'
import type { Mutant } from './mutant.ts'
import { lists } from './mutants/index.ts'
import { mutate, whilePlanted } from './plant.ts'
import { isUnitTest, runTests } from './run-tests.ts'

const root = fileURLToPath(new URL('../../..', import.meta.url)).replace(/\/$/, '')
const { values, positionals } = parseArgs({ allowPositionals: true, options: { list: { type: 'boolean', default: false } } })
const say = (line: string) => process.stdout.write(`${line}\n`)

const chosen: Mutant[] = Object.entries(lists).flatMap(([list, mutants]) =>
  mutants.filter((mutant) =>
    positionals.length === 0
      ? true
      : positionals.some((word) => (word in lists ? word === list : `${list} ${mutant.rule} ${mutant.file}`.includes(word))),
  ),
)
const unplantable = chosen.flatMap((mutant) => {
  try {
    mutate(readFileSync(`${root}/${mutant.file}`, 'utf8'), mutant)
    return []
  } catch (error) {
    return [`${mutant.rule}\n    ${error instanceof Error ? error.message : 'cannot be read'}`]
  }
})
if (unplantable.length > 0) throw new Error(`these say nothing any more:\n${unplantable.join('\n')}`)
if (values.list) {
  for (const mutant of chosen) say(`${mutant.rule}\n    ${mutant.file}: ${mutant.tests.join(', ')}`)
  process.exit(0)
}
if (chosen.length === 0) throw new Error('no mutant has such a name')
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => process.exit(1))

const files = [...new Set(chosen.flatMap((mutant) => mutant.tests))]
const stack = files.every(isUnitTest) ? undefined : await acquireStack({ log: (line) => say(`stack: ${line}`) })
if (stack !== undefined) {
  process.env.LICENSEOPERATOR_TEST_MYSQL_DSN = stack.mysqlDsn
  process.env.LICENSEOPERATOR_TEST_NATS_URL = stack.natsUrl
}
const rows: string[] = []
let wrong = 0
try {
  const unchanged = await runTests(root, files, false)
  if (unchanged.passed === 0 || unchanged.failed.length > 0) {
    say(unchanged.output)
    throw new Error(`without a mutant ${unchanged.failed.length} tests fail and ${unchanged.passed} pass`)
  }
  say(`without a mutant: ${unchanged.passed} tests pass`)
  for (const mutant of chosen) {
    const run = await whilePlanted(root, mutant, () => runTests(root, mutant.tests, true))
    if (run.failed.length === 0) {
      wrong += 1
      say(`LIVES   ${mutant.rule}\n        ${mutant.file}${run.passed === 0 ? `: no test ran\n${run.output}` : ''}`)
    } else say(`killed  ${mutant.rule}\n        by: ${run.failed[0]}`)
    rows.push(`| ${[mutant.rule, mutant.file, run.failed[0] ?? 'LIVES'].join(' | ')} |`)
  }
} finally {
  await stack?.stop()
}
say(`\n| rule | file | killed by |\n| --- | --- | --- |\n${rows.join('\n')}`)
say(`\n${chosen.length - wrong} of ${chosen.length} mutants are killed`)
process.exitCode = wrong === 0 ? 0 : 1
