import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { run } from '../test/a-terminal.ts'
import { switches, topics } from './command-table.ts'
import { assertFlags, assertRequired, entriesOf, findCommand, groupsOf, namesIn } from './find-command.ts'
import { everywhere, flagName, isSwitch } from './flags-everywhere.ts'
import { flagsOf } from './read-flags.ts'

const entries = entriesOf(topics)

/** The command lines of an example, as a shell takes them apart: quotes go, what is redirected or substituted is not ours. */
function linesOf(example: string): string[][] {
  return example.split(/[|<>]\(?/).flatMap((part) => {
    const words = [...part.matchAll(/'([^']*)'|"([^"]*)"|([^\s'"()]+)/g)].map(
      ([, single, double, plain]) => single ?? double ?? plain ?? '',
    )
    return words[0] === 'licenseoperator' ? [words.slice(1)] : []
  })
}

describe.each(entries.map((entry) => [entry.words, entry] as const))('%s', (words, entry) => {
  const { command } = entry

  test('its help has a description, how it is used, each flag, examples, what it needs and exit codes', async () => {
    const { code, out, notes } = await run([...words.split(' '), '--help'])
    expect({ code, notes }).toEqual({ code: 0, notes: [] })
    const text = out.join('\n')
    for (const heading of ['Usage', 'Examples', 'Needs of the configuration', 'Exit codes']) expect(out).toContain(heading)
    expect(text.replaceAll(/\s+/g, ' ')).toContain(`${command.description}. `)
    expect(text).toContain(`  licenseoperator ${words}`)
    for (const [flag] of [...command.flags, ...everywhere]) expect(text).toContain(`  ${flag}`)
    expect(out.some((line) => line.startsWith('  3 '))).toBe(command.no !== undefined)
    expect(out.some((line) => line.startsWith('  78 '))).toBe(command.needs !== undefined)
    const explained = await run(['help', ...words.split(' ')])
    expect(explained.out).toEqual(out)
  })

  test('its description is one short sentence', () => {
    expect(command.description).toMatch(/^[A-Z].{10,100}[^.]$/)
  })

  test('its examples call it, with flags that it has and all that it requires', () => {
    const lines = command.examples.flatMap(linesOf)
    expect(lines.length).toBeGreaterThanOrEqual(1)
    for (const line of lines) {
      const { flags, args } = flagsOf(line, switches)
      expect(findCommand(topics, args)).toBe(entry)
      assertFlags(entry, flags)
      assertRequired(entry, flags)
      for (const [flag, , rules] of command.flags)
        if (rules?.choices !== undefined)
          for (const value of flags.get(flagName([flag, ''])) ?? []) expect(rules.choices).toContain(value)
    }
  })

  test.each(command.flags.filter((flag) => flag[2]?.required === true).map(flagName))('--%s is required', async (missing) => {
    const others = command.flags.filter((flag) => flag[2]?.required === true && flagName(flag) !== missing)
    const args = command.name
      .split(' ')
      .slice(1)
      .map(() => 'x')
    const { code, out, notes } = await run([
      ...words.split(' '),
      ...args,
      ...others.flatMap((flag) => [`--${flagName(flag)}`, 'x']),
    ])
    expect({ code, out, notes }).toEqual({ code: 2, out: [], notes: [`licenseoperator: --${missing} is required`] })
  })

  test('a flag that it does not have is named, and the one that was meant', async () => {
    const [flag] = command.flags.filter((known) => flagName(known).length > 4).map(flagName)
    const { code, notes } = await run([...words.split(' '), `--${flag ?? 'output'}t`, 'x'])
    expect(code).toBe(2)
    expect(notes.join()).toMatch(/unknown flag --\S+ of .*\. Did you mean --\S+\? See licenseoperator .* --help/)
  })
})

test('no flag takes a value in one command and none in another', () => {
  const all = [...everywhere, ...entries.flatMap(({ command }) => command.flags)]
  const valued = all.filter((flag) => !isSwitch(flag)).map(flagName)
  expect(valued.filter((name) => switches.has(name))).toEqual([])
})

test('help lists every command; of a group only its own', async () => {
  const { code, out } = await run(['help'])
  expect(code).toBe(0)
  for (const { words } of entries) expect(out.some((line) => line.startsWith(`  ${words} `))).toBe(true)
  expect((await run(['--help'])).out).toEqual(out)
  for (const group of groupsOf(topics)) {
    const { out: listed } = await run(['help', group])
    const others = entries.filter(({ words }) => !words.startsWith(`${group} `)).map(({ words }) => `  ${words} `)
    expect(listed.filter((line) => others.some((start) => line.startsWith(start)))).toEqual([])
    expect((await run([group, '--help'])).out).toEqual(listed)
  }
})

test('without a command: help, and exit code 2', async () => {
  const { code, out, notes } = await run([])
  expect({ code, notes }).toEqual({ code: 2, notes: ['licenseoperator: a command is required'] })
  expect(out).toEqual((await run(['help'])).out)
})

test.each([
  ['lisence', 'unknown command lisence. Did you mean license?'],
  ['lisence isue', 'unknown command lisence. Did you mean license issue?'],
  ['license isue', 'unknown command license isue. Did you mean license issue?'],
  ['verify acme.lic', 'unknown command verify. Did you mean license verify?'],
  ['serv', 'unknown command serv. Did you mean serve?'],
  ['frobnicate', 'unknown command frobnicate. See licenseoperator help'],
  ['license frobnicate', 'unknown command license frobnicate. See licenseoperator help license'],
  ['help lisence', 'unknown command lisence. Did you mean license?'],
  ['license', 'a command is required: issue, verify'],
  ['constructor', 'unknown command constructor. See'],
  ['completion bsh', 'the shell must be bash, zsh or fish. Did you mean bash?'],
  ['stripe reconcile --since 1h --dryRun', 'unknown flag --dryRun of stripe reconcile. Did you mean --dry-run?'],
  ['stripe reconcile --since 1h --dry-run=false', '--dry-run takes no value'],
  ['license show L-1 L-2', 'Unused args: `L-2`'],
])('%s: exit code 2, %s', async (line, said) => {
  const { code, out, notes } = await run(line.split(' '))
  expect({ code, out, notes }).toEqual({ code: 2, out: [], notes: [expect.stringContaining(said)] })
})

test('flags may stand before the command', async () => {
  const { code, notes } = await run(['--config', '/nowhere.yaml', 'license', 'list'])
  expect({ code, notes }).toEqual({ code: 78, notes: [expect.stringContaining('/nowhere.yaml: there is no such file')] })
})

test('the README names every command', () => {
  const readme = readFileSync(new URL('../README.md', import.meta.url), 'utf8')
  for (const group of groupsOf(topics)) {
    const lines = readme.split('\n')
    for (const name of namesIn(topics, group))
      expect(lines.filter((line) => `${line} `.startsWith(`licenseoperator ${group} ${name} `))).not.toEqual([])
  }
  for (const { words } of entries.filter((entry) => !entry.words.includes(' '))) expect(readme).toContain(`\`${words}`)
})
