import type { Mutant } from '../../mutant.ts'

const putNew = 'services/cli/src/setup/put-new.ts'
const made = 'services/cli/src/setup/make-settings.ts'
const tests = ['services/cli/src/setup/make-settings.test.ts']

export const firstStartMutants: readonly Mutant[] = [
  {
    rule: 'setup never replaces a file',
    file: putNew,
    find: 'linkSync(half, file)',
    put: 'writeFileSync(file, text, { mode })',
    tests,
  },
  {
    rule: 'secrets that setup makes are for their owner alone',
    file: putNew,
    find: 'mode: number = OWNER_ONLY',
    put: 'mode: number = PUBLIC',
    tests,
  },
  {
    rule: 'the key of an account does not go to the emulator',
    file: made,
    find: 'if (!apiKey.startsWith(EMULATED)) return',
    put: '',
    tests,
  },
  {
    rule: 'the profile live does not start without a key',
    file: 'services/cli/src/commands/setup.ts',
    find: "if (isLive && (env.STRIPE_API_KEY ?? '') === '')",
    put: 'if (isLive && env.STRIPE_API_KEY === undefined)',
    tests: ['services/cli/test/setup.integration.test.ts'],
  },
  {
    rule: 'the emulator sends webhooks to no other host than those it was told',
    file: 'tooling/stripe-emulator/src/webhooks/post-webhook.ts',
    find: '|| named.includes(hostname)',
    put: '|| named.length > 0',
    tests: ['tooling/stripe-emulator/test/process.test.ts'],
  },
]
