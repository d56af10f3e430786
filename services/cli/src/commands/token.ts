import { type Surface, surfaces } from '@licenseoperator/domain'
import { mintToken } from '@licenseoperator/http'
import type { Command } from '../context.ts'
import { exitCodes } from '../exit-codes.ts'
import { configFor } from '../load.ts'
import { outputOf } from '../output.ts'
import { printFacts } from '../print.ts'
import { emailAddress, isSet, optionalText, parsed, texts } from '../read-flags.ts'
import { UsageError } from '../usage-error.ts'

export const token: readonly Command[] = [
  {
    name: 'mint',
    description: 'Mint a bearer token for a script',
    details: 'Without flags it is a system administrator. It lives as long as internal_auth.token_ttl says.',
    needs: 'internal_auth',
    examples: [
      'licenseoperator token mint',
      'licenseoperator token mint --group acme --email owner@acme.example',
      'licenseoperator token mint --identity reports --scope payments:read --scope payments:export',
    ],
    flags: [
      ['--identity <id>', 'Who the audit log names (default licenseoperator)'],
      ['--email <address>', 'E-mail claim'],
      ['--group <name>', 'Group membership (repeatable); without --role the token is then an ordinary member'],
      ['--role <role>', 'Role (repeatable)'],
      ['--scope <scope>', 'Narrow to a surface (repeatable)', { choices: surfaces }],
    ],
    run: async (context) => {
      const { internalAuth } = configFor(context, ['internalAuth'])
      const groups = texts(context, 'group')
      const roles = isSet(context, 'role') ? texts(context, 'role') : groups.length > 0 ? [] : ['sysadmin']
      const scopes = isSet(context, 'scope') ? texts(context, 'scope').map(surface) : undefined
      const email = parsed('email', emailAddress, optionalText(context, 'email'))
      const minted = await mintToken({
        secret: internalAuth.jwtSecret.reveal(),
        ...(internalAuth.issuer === undefined ? {} : { issuer: internalAuth.issuer }),
        ...(internalAuth.audience === undefined ? {} : { audience: internalAuth.audience }),
        ttlMs: internalAuth.tokenTtlMs,
        now: context.now,
        identity: optionalText(context, 'identity') ?? 'licenseoperator',
        ...(email === undefined ? {} : { email }),
        roles,
        groups,
        ...(scopes === undefined ? {} : { scopes }),
      })
      if (outputOf(context) !== 'table')
        printFacts(context, { token: minted, expiresInSeconds: Math.floor(internalAuth.tokenTtlMs / 1000) })
      else context.print(minted)
      return exitCodes.done
    },
  },
]

function surface(name: string): Surface {
  const known = surfaces.find((surface) => surface === name)
  if (known === undefined) throw new UsageError(`--scope must be one of ${surfaces.join(', ')}`)
  return known
}
