import type { Mutant } from '../../mutant.ts'

const migrate = 'packages/db/src/migrate.ts'
const release = 'packages/db/src/release.ts'
const migrating = ['packages/db/src/migrate.integration.test.ts']
const rules = ['packages/db/src/schema-rules.test.ts']

export const schemaMutants: readonly Mutant[] = [
  {
    rule: 'a program starts on a schema that a newer release has added to',
    file: migrate,
    find: 'const { pending, oldestRelease } = await reading(() => schemaStatus(db))',
    put: `const { pending, oldestRelease, unknown } = await reading(() => schemaStatus(db))
  if (unknown.length > 0) throw new DomainError('temporarily_unavailable', 'the schema is newer than the program')`,
    tests: migrating,
  },
  {
    rule: 'a schema that a newer release has added to is shown as usable',
    file: migrate,
    find: 'export function isUsable({ pending, oldestRelease }: SchemaStatus): boolean {\n  return pending.length === 0',
    put: 'export function isUsable({ pending, oldestRelease, unknown }: SchemaStatus): boolean {\n  return pending.length + unknown.length === 0',
    tests: migrating,
  },
  {
    rule: 'a schema that has left a release behind is shown as not usable',
    file: migrate,
    find: 'return pending.length === 0 && supports(oldestRelease)',
    put: 'return pending.length === 0',
    tests: migrating,
  },
  {
    rule: 'a program does not start on a schema that has left it behind',
    file: migrate,
    find: 'assertNotLeftBehind(oldestRelease)\n  if (pending.length > 0) {',
    put: 'if (pending.length > 0) {',
    tests: migrating,
  },
  {
    rule: 'a program that was left behind migrates nothing',
    file: migrate,
    find: 'assertNotLeftBehind(oldestRelease)\n  const pending = known',
    put: 'const pending = known',
    tests: migrating,
  },
  {
    rule: 'the oldest release that a migration declares is recorded with it',
    file: migrate,
    find: 'migration.oldestRelease ?? null',
    put: 'null',
    tests: migrating,
  },
  {
    rule: 'of several declared releases the newest counts',
    file: migrate,
    find: 'compareReleases(b, a)',
    put: 'compareReleases(a, b)',
    tests: migrating,
  },
  {
    rule: 'releases are ordered by their numbers and not by their text',
    file: release,
    find: "release.split('.').map(Number) : [Number.POSITIVE_INFINITY, 0, 0]",
    put: "release.split('.').map((part) => part.charCodeAt(0)) : [Number.POSITIVE_INFINITY, 0, 0]",
    tests: rules,
  },
  {
    rule: 'a form of release that is not known is newer than all',
    file: release,
    find: '[Number.POSITIVE_INFINITY, 0, 0]',
    put: '[0, 0, 0]',
    tests: rules,
  },
  {
    rule: 'a schema that was never told of an oldest release is read',
    file: migrate,
    find: "columns.has('oldest_release')\n    ?",
    put: 'columns.size > 0\n    ?',
    tests: migrating,
  },
  {
    rule: 'a migration that takes away declares the oldest release that can run on it',
    file: 'packages/db/src/migrations.ts',
    find: "sql: 'CREATE INDEX licenses_by_email ON licenses ((LOWER(email)))',",
    put: "sql: 'ALTER TABLE licenses DROP COLUMN email',",
    tests: rules,
  },
  {
    rule: 'selects name their columns',
    file: 'packages/db/src/payment-details.ts',
    find: '.select(paymentDetailsColumns)',
    put: '.selectAll()',
    tests: rules,
  },
  {
    rule: 'the release that migrations name is the one of the packages',
    file: release,
    find: "RELEASE = '0.1.0'",
    put: "RELEASE = '0.2.0'",
    tests: rules,
  },
]
