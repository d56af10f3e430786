import { readdirSync, readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { type Migration, migrations } from './migrations.ts'
import { compareReleases, RELEASE, RELEASE_FORM } from './release.ts'

/** What a release that does not know of it may stumble over: its selects, its inserts or its values. */
const contracts = [
  /\bDROP\s+(?:COLUMN|TABLE|PRIMARY\s+KEY)\b/i,
  /\bRENAME\b/i,
  /\bCHANGE\s+(?:COLUMN\s+)?\w+/i,
  /\bADD\s+(?:COLUMN\s+)?(?!CONSTRAINT\b)\S+\s+\w+(?:\([^)]*\))?(?:\s+CHARACTER SET \w+)?(?:\s+COLLATE \w+)?\s+NOT\s+NULL(?!\s+DEFAULT\b)/i,
  /\b(?:ADD|CREATE)\s+UNIQUE\b/i,
  /\bADD\s+(?:CONSTRAINT|FOREIGN\s+KEY|CHECK)\b/i,
]

function undeclared(all: readonly Migration[]): string[] {
  return all
    .filter(({ sql, oldestRelease }) => oldestRelease === undefined && contracts.some((contract) => contract.test(sql)))
    .map(({ name }) => name)
}

test('a migration that takes away, narrows or constrains declares the oldest release that can run on it', () => {
  expect(undeclared(migrations)).toEqual([])
})

test.each([
  ['ALTER TABLE licenses DROP COLUMN plan', true],
  ['DROP TABLE trials', true],
  ['ALTER TABLE licenses RENAME COLUMN plan TO tier', true],
  ['ALTER TABLE licenses CHANGE plan tier VARCHAR(128) NOT NULL', true],
  ['ALTER TABLE licenses ADD COLUMN tier VARCHAR(128) CHARACTER SET ascii COLLATE ascii_bin NOT NULL', true],
  ['CREATE UNIQUE INDEX licenses_by_email ON licenses (email)', true],
  ['ALTER TABLE licenses ADD CONSTRAINT paid FOREIGN KEY (plan) REFERENCES plans (id)', true],
  ['ALTER TABLE licenses ADD COLUMN tier VARCHAR(128) NULL', false],
  ['ALTER TABLE licenses ADD COLUMN tier INT NOT NULL DEFAULT 0', false],
  ['ALTER TABLE licenses MODIFY COLUMN email VARCHAR(512) NOT NULL', false],
  ['CREATE INDEX licenses_by_email ON licenses (email)', false],
  ['DROP INDEX licenses_by_email ON licenses', false],
])('%s has to declare it: %s', (sql, due) => {
  expect(undeclared([{ name: 'one', sql }])).toEqual(due ? ['one'] : [])
  expect(undeclared([{ name: 'one', sql, oldestRelease: RELEASE }])).toEqual([])
})

test('names are unique, and no migration asks for a release that is newer than the one that brings it', () => {
  expect(new Set(migrations.map(({ name }) => name)).size).toBe(migrations.length)
  for (const { oldestRelease } of migrations.filter((migration) => migration.oldestRelease !== undefined)) {
    expect(oldestRelease).toMatch(RELEASE_FORM)
    expect(compareReleases(RELEASE, oldestRelease ?? '')).toBeGreaterThanOrEqual(0)
  }
})

test('this release is the one that the packages name', () => {
  const versionOf = (path: string) => JSON.parse(readFileSync(new URL(path, import.meta.url), 'utf8')).version
  for (const path of ['packages/db', 'services/api', 'services/webhook-ingest', 'services/cli'])
    expect(versionOf(`../../../${path}/package.json`)).toBe(RELEASE)
})

test('releases are ordered by their numbers; a form that is not known is newer than all', () => {
  expect(['0.10.0', 'tomorrow', '0.9.1', '1.0.0', '0.9.0'].sort(compareReleases)).toEqual([
    '0.9.0',
    '0.9.1',
    '0.10.0',
    '1.0.0',
    'tomorrow',
  ])
})

test('every select names its columns: a newer release may have added some', () => {
  const folder = new URL('.', import.meta.url)
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((file) => /(?<!\.test)\.ts$/.test(file))
  expect(files).toContain('licenses.ts')
  const offending = files.filter((file) =>
    /\bselectAll\b|\bselect\s+\*/i.test(readFileSync(new URL(file, folder), 'utf8').replaceAll(/^\s*(?:\/\/|\/?\*).*$/gm, '')),
  )
  expect(offending).toEqual([])
})
