import { type Config, ConfigError, describeConfig, sectionNames } from '@licenseoperator/config'
import { silentLog } from '@licenseoperator/domain'
import { openKeyRing, openOperatorLicense } from '@licenseoperator/licensing'
import { SigningKeyError } from '@licenseoperator/signing'
import type { Command, Context } from '../context.ts'
import { exitCodes } from '../exit-codes.ts'
import { configFor } from '../load.ts'
import { printFacts } from '../print.ts'
import { isSet } from '../read-flags.ts'

export const config: readonly Command[] = [
  {
    name: 'check',
    description: 'Check the whole configuration and list every problem with its key',
    details:
      'Signing keys are tried and the operator license is looked at; nothing is connected to. With a problem the exit code is 78.',
    needs: 'everything',
    examples: ['licenseoperator config check', 'licenseoperator config check --config config/config.yaml'],
    flags: [],
    run: async (context) => {
      const checked = configFor(context, sectionNames)
      // The file only shows that a key looks like one; loading shows that it can sign.
      assertKeysSign(checked)
      await warnOfOperatorLicense(context, checked)
      printFacts(context, { config: 'ok' })
      return exitCodes.done
    },
  },
  {
    name: 'print',
    description: 'Print the effective configuration, without its secrets',
    needs: 'everything',
    examples: ['licenseoperator config print', 'licenseoperator config print > effective.yaml'],
    outputs: ['table', 'json'],
    flags: [],
    run: async (context) => {
      const effective = configFor(context, sectionNames)
      context.print(isSet(context, 'json') ? JSON.stringify(effective) : describeConfig(effective).trimEnd())
      return exitCodes.done
    },
  },
]

/** A license that does not count closes all of the administration, with nothing but 403 to see. */
async function warnOfOperatorLicense(context: Context, { license }: Pick<Config, 'license'>): Promise<void> {
  const reasons: string[] = []
  const tell = (message: string, fields: object = {}) =>
    void reasons.push([message, ...Object.values(fields)].map(String).join(', '))
  const log = { ...silentLog, warn: tell, error: tell }
  const operator = await openOperatorLicense({ ...license, log, now: context.now })
  operator.close()
  const state = operator.state()
  if (state === 'invalid' || state === 'error')
    context.note(
      `warning: license.file_path: the operator license does not count, administration would answer 403 (${reasons.join('; ') || state})`,
    )
}

function assertKeysSign({ security }: Config<'security'>): void {
  try {
    openKeyRing(security.map((pair) => ({ ...pair, privateKeyPem: pair.privateKeyPem.reveal() })))
  } catch (error) {
    if (error instanceof SigningKeyError) throw new ConfigError([{ path: 'security', message: error.message }])
    throw error
  }
}
