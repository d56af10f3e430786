import { defineConfig } from 'vitest/config'

// Brings its own stack and services as processes. LICENSEOPERATOR_FUZZ_SEED repeats a run, LICENSEOPERATOR_FUZZ_REQUESTS makes it longer.
export default defineConfig({
  test: {
    include: ['tooling/*/src/**/*.fuzz.test.ts'],
    fileParallelism: false,
    testTimeout: 600_000,
    hookTimeout: 240_000,
  },
})
