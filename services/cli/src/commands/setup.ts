import { readFileSync } from 'node:fs'
import type { Command, Context } from '../context.ts'
import { exitCodes } from '../exit-codes.ts'
import { isSet, optionalText } from '../read-flags.ts'
import { makeSettings } from '../setup/make-settings.ts'
import { UsageError } from '../usage-error.ts'

export const setup: Command = {
  name: 'setup',
  description: 'Make a signing key, secrets and a configuration where there are none; what exists is never touched',
  examples: ['licenseoperator setup', 'licenseoperator setup --into settings --emulator emulator'],
  flags: [
    ['--into <folder>', 'Where they go (default config); secrets with mode 0600'],
    ['--example <file>', 'What the configuration is made of (default config/config.example.yaml)'],
    ['--emulator <folder>', 'Where the Stripe emulator finds what it is to know'],
  ],
  run: async (context) => {
    checkProfile(context)
    const into = optionalText(context, 'into') ?? 'config'
    const example = exampleText(optionalText(context, 'example') ?? 'config/config.example.yaml')
    const files = await makeSettings(into, example, optionalText(context, 'emulator'))
    if (isSet(context, 'json')) context.print(JSON.stringify(files))
    else for (const { file, what, made } of files) context.print(`${made ? 'made' : 'kept'}  ${file}  (${what})`)
    return exitCodes.done
  },
}

/** The compose file hands on which profile `.env` chooses and whether it has what that one needs. @throws UsageError when it has not */
function checkProfile({ env, note }: Context): void {
  const isLive = env.COMPOSE_PROFILES?.split(',').includes('live') ?? false
  if (isLive && (env.STRIPE_API_KEY ?? '') === '')
    throw new UsageError('the profile live needs STRIPE_API_KEY in .env; .env.example says where it comes from')
  if ((env.STRIPE_API_KEY ?? '') !== '' && (env.STRIPE_WEBHOOK_SECRET ?? '') === '')
    note('warning: .env has no STRIPE_WEBHOOK_SECRET: payments are taken, and the webhooks that tell of them refused')
}

function exampleText(file: string): string {
  try {
    return readFileSync(file, 'utf8')
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : undefined
    throw new UsageError(`cannot read ${file}${typeof code === 'string' ? ` (${code})` : ''}`)
  }
}
