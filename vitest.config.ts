import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    include: ['{packages,services,tooling}/*/{src,test}/**/*.test.ts'],
    exclude: ['**/*.browser.test.ts', '**/*.faults.test.ts', '**/*.fuzz.test.ts', '**/node_modules/**', '**/dist/**'],
    globalSetup: ['tooling/stack/src/vitest-global-setup.ts'],
    testTimeout: 30_000,
    hookTimeout: 60_000,
    // Two cores: more workers only wait for each other and for MySQL.
    maxWorkers: 2,
  },
})
