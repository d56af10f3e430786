import { generateSigningKey } from '@licenseoperator/signing'
import { z } from 'zod'
import type { Command } from '../context.ts'
import { exitCodes } from '../exit-codes.ts'
import { outputOf } from '../output.ts'
import { printFacts } from '../print.ts'
import { optionalText, parsed } from '../read-flags.ts'
import { writeNew } from '../write-new.ts'

const Bits = z
  .enum(['2048', '3072', '4096'], 'must be 2048, 3072 or 4096')
  .transform((value): 2048 | 3072 | 4096 => (value === '2048' ? 2048 : value === '3072' ? 3072 : 4096))

export const keys: readonly Command[] = [
  {
    name: 'generate',
    description: 'Make an RSA signing key',
    details:
      'With --out two files, PREFIX.key.pem (private) and PREFIX.pub.pem, which only their owner may read; otherwise both on standard output.',
    outputs: ['table', 'json'],
    examples: ['licenseoperator keys generate --out signing', 'licenseoperator keys generate --bits 4096 --output json'],
    flags: [
      ['--bits <bits>', 'Length of the key (default 3072)', { choices: Bits.in.options }],
      ['--out <prefix>', 'Write to files instead; existing files are never overwritten'],
    ],
    run: async (context) => {
      const modulusLength = parsed('bits', Bits, optionalText(context, 'bits')) ?? 3072
      const out = optionalText(context, 'out')
      const key = await generateSigningKey({ modulusLength })
      if (out === undefined) {
        if (outputOf(context) === 'json') printFacts(context, { ...key })
        else context.print(`keyId  ${key.keyId}\n${key.privateKeyPem}${key.publicKeyPem}`.trimEnd())
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
