import { type Surface, surfaces } from '@licenseoperator/domain'
import { mintToken } from '@licenseoperator/http'
import type { Command } from '../context.ts'
import { exitCodes } from '../exit-codes.ts'
import { configFor } from '../load.ts'
import { printFacts } from '../print.ts'
import { emailAddress, isSet, optionalText, parsed, texts } from '../read-flags.ts'
import { UsageError } from '../usage-error.ts'

export const token: readonly Command[] = [
  {
    name: 'mint',
    description: 'Mint a bearer token for a script (default: system administrator, lifetime internal_auth.token_ttl)',
    flags: [
      ['--identity <id>', 'Who the audit log names (default licenseoperator)'],
      ['--email <address>', 'E-mail claim'],
      ['--group <name>', 'Group membership (repeatable); without --role the token is then an ordinary member'],
      ['--role <role>', 'Role (repeatable)'],
      ['--scope <scope>', `Narrow to a surface (repeatable): ${surfaces.join(', ')}`],
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
      if (isSet(context, 'json'))
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
