import { readFileSync } from 'node:fs'
import type { Command } from '../context.ts'
import { exitCodes } from '../exit-codes.ts'
import { isSet, optionalText } from '../read-flags.ts'
import { makeSettings } from '../setup/make-settings.ts'
import { UsageError } from '../usage-error.ts'

export const setup: Command = {
  name: 'setup',
  description: 'Make a signing key, secrets and a configuration where there are none; what exists is never touched',
  flags: [
    ['--into <folder>', 'Where they go (default config); secrets with mode 0600'],
    ['--example <file>', 'What the configuration is made of (default config/config.example.yaml)'],
    ['--emulator <folder>', 'Where the Stripe emulator finds what it is to know'],
  ],
  run: async (context) => {
    const into = optionalText(context, 'into') ?? 'config'
    const example = exampleText(optionalText(context, 'example') ?? 'config/config.example.yaml')
    const files = await makeSettings(into, example, optionalText(context, 'emulator'))
    if (isSet(context, 'json')) context.print(JSON.stringify(files))
    else for (const { file, what, made } of files) context.print(`${made ? 'made' : 'kept'}  ${file}  (${what})`)
    return exitCodes.done
  },
}

function exampleText(file: string): string {
  try {
    return readFileSync(file, 'utf8')
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : undefined
    throw new UsageError(`cannot read ${file}${typeof code === 'string' ? ` (${code})` : ''}`)
  }
}
