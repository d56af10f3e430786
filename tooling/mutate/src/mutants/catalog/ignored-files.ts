import type { Mutant } from '../../mutant.ts'

const tests = ['services/cli/src/ignored-files.test.ts']

/** What holds secrets or customers is neither committed nor copied into an image. */
export const ignoredFiles: readonly Mutant[] = [
  ...['config.yaml', '.env', '*.key.pem', '*.pub.pem', '*.lic'].map((pattern) => ({
    rule: `never committed: ${pattern}`,
    file: '.gitignore',
    find: `\n${pattern}\n`,
    put: '\n',
    tests,
  })),
  ...['**/config.yaml', '**/.env', '**/*.key.pem', '**/*.lic'].map((pattern) => ({
    rule: `never in an image: ${pattern}`,
    file: '.dockerignore',
    find: `\n${pattern}\n`,
    put: '\n',
    tests,
  })),
]
