import { defineConfig } from 'vitest/config'

// Each file brings its own stack, because it stops and kills parts of it.
export default defineConfig({
  test: {
    include: ['tooling/faults/src/**/*.faults.test.ts'],
    fileParallelism: false,
    testTimeout: 180_000,
    hookTimeout: 240_000,
  },
})
