import { randomBytes } from 'node:crypto'
import { mkdirSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { generateSigningKey, loadSigningKey } from '@licenseoperator/signing'
import { UsageError } from '../usage-error.ts'
import { cannotWrite } from '../write-new.ts'
import { PUBLIC, putNew, textOf } from './put-new.ts'
import { files, settingsOfExample } from './settings-of-example.ts'

/** Tells the keys that are made here from those of an account. */
const EMULATED = 'sk_test_emulator_'
/** The configuration names files of secrets and holds none. */
const SETTINGS_MODE = 0o644

export interface MadeFile {
  readonly file: string
  readonly what: string
  /** false: it was there and stays as it is. */
  readonly made: boolean
}

/**
 * Makes what a bare clone lacks to run: a signing key, secrets, a configuration. What exists is never touched, so that a second run completes a first
 * one that was interrupted, and changes nothing after a whole one.
 *
 * @param folder    where the configuration goes; made where it is missing, as is `emulator`
 * @param example   text of config.example.yaml
 * @param emulator  a folder with what the Stripe emulator is to know, if there is one
 * @throws UsageError for a file that cannot be written, and where the verification key is there and its signing key gone: with another, licenses would no longer
 *   verify
 */
export async function makeSettings(folder: string, example: string, emulator: string | undefined): Promise<MadeFile[]> {
  const made: MadeFile[] = []
  const put = (inFolder: string, name: string, what: string, text: string, mode?: number) => {
    const file = resolve(inFolder, name)
    made.push({ file, what, made: putNew(file, text, mode) })
  }
  for (const made of [folder, emulator]) if (made !== undefined) makeFolder(made)
  if (textOf(join(folder, files.verificationKey)) !== undefined && textOf(join(folder, files.signingKey)) === undefined)
    throw new UsageError(
      `${join(folder, files.signingKey)} is gone and ${files.verificationKey} is not: put the signing key back`,
    )
  const privateKeyPem = textOf(join(folder, files.signingKey)) ?? (await generateSigningKey()).privateKeyPem
  put(folder, files.signingKey, 'signs licenses; keep it, nothing can replace it', privateKeyPem)
  // Of the key that is there now, which another run may have made meanwhile.
  const { publicKeyPem } = loadSigningKey({ privateKeyPem: textOf(join(folder, files.signingKey)) ?? privateKeyPem })
  put(folder, files.verificationKey, 'verifies licenses; give it to whoever does', publicKeyPem, PUBLIC)
  put(folder, files.jwtSecret, 'signs tokens of the API', secret())
  put(folder, files.stripeApiKey, "the emulator's key", `${EMULATED}${randomBytes(16).toString('hex')}`)
  put(folder, files.stripeWebhookSecret, 'signs webhooks', `whsec_${secret()}`)
  if (emulator !== undefined) shareWithEmulator(folder, emulator, put)
  put(folder, 'config.yaml', 'the configuration', settingsOfExample(example), SETTINGS_MODE)
  return made
}

/** Only what was made for it: a key of an account is nothing that the emulator should have. */
function shareWithEmulator(
  folder: string,
  emulator: string,
  put: (inFolder: string, name: string, what: string, text: string) => void,
): void {
  const apiKey = textOf(join(folder, files.stripeApiKey)) ?? ''
  if (!apiKey.startsWith(EMULATED)) return
  put(emulator, files.stripeApiKey, 'the same, for the emulator', apiKey)
  put(emulator, files.stripeWebhookSecret, 'the same, for the emulator', textOf(join(folder, files.stripeWebhookSecret)) ?? '')
  put(emulator, 'control_token', "opens the emulator's own page", secret())
}

function makeFolder(folder: string): void {
  try {
    mkdirSync(folder, { recursive: true })
  } catch (error) {
    throw cannotWrite(folder, error)
  }
}

function secret(): string {
  return randomBytes(32).toString('base64url')
}
