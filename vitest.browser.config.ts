import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    include: ['tooling/*/src/**/*.browser.test.ts'],
    fileParallelism: false,
    testTimeout: 120_000,
    hookTimeout: 240_000,
  },
})
