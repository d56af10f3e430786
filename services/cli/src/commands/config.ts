import { mkdirSync } from 'node:fs'
import { dirname } from 'node:path'
import { type Config, ConfigError, configTemplate, sectionNames } from '@licenseoperator/config'
import { silentLog } from '@licenseoperator/domain'
import { openKeyRing, openOperatorLicense } from '@licenseoperator/licensing'
import { SigningKeyError } from '@licenseoperator/signing'
import type { Command, Context } from '../context.ts'
import { exitCodes } from '../exit-codes.ts'
import { configFor, loadedFor } from '../load.ts'
import { outputOf } from '../output.ts'
import { printFacts } from '../print.ts'
import { optionalText } from '../read-flags.ts'
import { writeNew } from '../write-new.ts'

/** As loading does: what is written is what is read. */
const DEFAULT_PATH = 'config/config.yaml'

export const config: readonly Command[] = [
  {
    name: 'init',
    description: 'Write a configuration to fill in: every key with its meaning and default',
    details:
      'Keys without a value are required; everything else is commented out. The file goes where every command looks for it, only its owner may read it, ' +
      'and an existing one is never replaced.',
    examples: [
      'licenseoperator config init',
      'licenseoperator config init --out new.yaml',
      'licenseoperator config init --out -',
    ],
    flags: [['--out <file>', 'Write it there (- for standard output)']],
    run: init,
  },
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
    details:
      'Environment over file over default, as YAML that loads again. A secret that stands in a file of its own is named by its …_file key; ' +
      'any other is left out, and said so beside the output: to load it again, give it by a variable or a file.',
    needs: 'everything',
    examples: ['licenseoperator config print', 'licenseoperator config print > effective.yaml'],
    outputs: ['table', 'json'],
    flags: [],
    run: async (context) => {
      const loaded = loadedFor(context, sectionNames)
      if (outputOf(context) === 'json') {
        context.print(JSON.stringify(loaded.config))
        return exitCodes.done
      }
      const { yaml, withheld } = loaded.describe()
      context.print(yaml.trimEnd())
      for (const key of withheld) context.note(`left out: ${key}; to load this, give ${waysToGive(key)}`)
      return exitCodes.done
    },
  },
]

function init(context: Context): Promise<number> {
  const named = optionalText(context, 'out') ?? optionalText(context, 'config') ?? context.env.CONFIG_FILE
  if (named === '-') context.printRaw(configTemplate().trimEnd())
  else {
    const file = named === undefined || named === '' ? DEFAULT_PATH : named
    if (file === DEFAULT_PATH) mkdirSync(dirname(file), { recursive: true })
    writeNew(file, configTemplate())
    printFacts(context, { file })
    context.note('fill in the keys that have no value; licenseoperator config check names what is missing')
  }
  return Promise.resolve(exitCodes.done)
}

/** How a secret gets into a configuration that was printed without it. */
function waysToGive(key: string): string {
  const [whole = key] = key.split('[')
  const variable = `LICENSEOPERATOR_${whole.toUpperCase().replaceAll('.', '_')}`
  return `${variable} or ${key}_file`
}

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
