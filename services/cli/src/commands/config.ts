import { type Config, ConfigError, describeConfig, sectionNames } from '@licenseoperator/config'
import { openKeyRing } from '@licenseoperator/licensing'
import { SigningKeyError } from '@licenseoperator/signing'
import type { Command } from '../context.ts'
import { exitCodes } from '../exit-codes.ts'
import { configFor } from '../load.ts'
import { printFacts } from '../print.ts'
import { isSet } from '../read-flags.ts'

export const config: readonly Command[] = [
  {
    name: 'check',
    description: 'Check the whole configuration; every problem is listed with its key, exit code 78',
    flags: [],
    run: async (context) => {
      const checked = configFor(context, sectionNames)
      // The file only shows that a key looks like one; loading shows that it can sign.
      assertKeysSign(checked)
      printFacts(context, { config: 'ok' })
      return exitCodes.done
    },
  },
  {
    name: 'print',
    description: 'Print the effective configuration; secrets show as [secret]',
    flags: [],
    run: async (context) => {
      const effective = configFor(context, sectionNames)
      context.print(isSet(context, 'json') ? JSON.stringify(effective) : describeConfig(effective).trimEnd())
      return exitCodes.done
    },
  },
]

function assertKeysSign({ security }: Config<'security'>): void {
  try {
    openKeyRing(security.map((pair) => ({ ...pair, privateKeyPem: pair.privateKeyPem.reveal() })))
  } catch (error) {
    if (error instanceof SigningKeyError) throw new ConfigError([{ path: 'security', message: error.message }])
    throw error
  }
}
