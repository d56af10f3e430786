import { writeFileSync } from 'node:fs'
import { generateSigningKey } from '@licenseoperator/signing'
import { z } from 'zod'
import type { Command } from '../context.ts'
import { exitCodes } from '../exit-codes.ts'
import { printFacts } from '../print.ts'
import { optionalText, parsed } from '../read-flags.ts'
import { UsageError } from '../usage-error.ts'

const Bits = z
  .enum(['2048', '3072', '4096'], 'must be 2048, 3072 or 4096')
  .transform((value): 2048 | 3072 | 4096 => (value === '2048' ? 2048 : value === '3072' ? 3072 : 4096))

/** Only the owner may read a private key. */
const OWNER_ONLY = 0o600

export const keys: readonly Command[] = [
  {
    name: 'generate',
    description: 'Make an RSA signing key: PREFIX.key.pem (private, mode 0600) and PREFIX.pub.pem, or both on standard output',
    flags: [
      ['--bits <bits>', '2048, 3072 or 4096 (default 3072)'],
      ['--out <prefix>', 'Write to files instead; existing files are never overwritten'],
    ],
    run: async (context) => {
      const modulusLength = parsed('bits', Bits, optionalText(context, 'bits')) ?? 3072
      const out = optionalText(context, 'out')
      const key = await generateSigningKey({ modulusLength })
      if (out === undefined) {
        printFacts(context, { keyId: key.keyId, privateKeyPem: `\n${key.privateKeyPem}`, publicKeyPem: `\n${key.publicKeyPem}` })
        return exitCodes.done
      }
      const [privateFile, publicFile] = [`${out}.key.pem`, `${out}.pub.pem`]
      writeNew(privateFile, key.privateKeyPem)
      writeNew(publicFile, key.publicKeyPem)
      printFacts(context, { keyId: key.keyId, privateFile, publicFile })
      return exitCodes.done
    },
  },
]

function writeNew(file: string, text: string): void {
  try {
    writeFileSync(file, text, { flag: 'wx', mode: OWNER_ONLY })
  } catch (error) {
    const exists = error instanceof Error && 'code' in error && error.code === 'EEXIST'
    throw new UsageError(exists ? `${file} exists already` : `cannot write ${file}`)
  }
}
