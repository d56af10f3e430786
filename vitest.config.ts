import { configDefaults, defineConfig } from 'vitest/config'

const OTHER_SUITES = ['**/*.browser.test.ts', '**/*.faults.test.ts', '**/*.fuzz.test.ts']
/** What needs no server: the rules, beside their source. */
const UNIT = ['{packages,services}/*/src/**/*.test.ts']
const WITH_SERVERS = ['**/*.integration.test.ts']

export default defineConfig({
  test: {
    testTimeout: 30_000,
    hookTimeout: 60_000,
    // Two cores: more workers only wait for each other and for MySQL.
    maxWorkers: 2,
    projects: [
      {
        extends: true,
        test: {
          name: 'unit',
          include: UNIT,
          exclude: [...configDefaults.exclude, ...OTHER_SUITES, ...WITH_SERVERS],
          // Pure functions leave nothing behind for the next file.
          isolate: false,
        },
      },
      {
        extends: true,
        test: {
          name: 'integration',
          include: [
            '{packages,services}/*/{src,test}/**/*.integration.test.ts',
            '{services,tooling}/*/test/**/*.test.ts',
            'tooling/*/src/**/*.test.ts',
          ],
          exclude: [...configDefaults.exclude, ...OTHER_SUITES],
          globalSetup: ['tooling/stack/src/vitest-global-setup.ts'],
        },
      },
    ],
  },
})
