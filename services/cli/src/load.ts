import { type Config, type LoadedConfig, loadConfig, type SectionName } from '@licenseoperator/config'
import { type Database, openDatabase } from '@licenseoperator/db'
import { type Caller, shown } from '@licenseoperator/domain'
import { openKeyRing } from '@licenseoperator/licensing'
import type { KeyRing } from '@licenseoperator/signing'
import type { Context } from './context.ts'
import { optionalText } from './read-flags.ts'

/** The sections of the configuration that a command needs; warnings go beside the output. */
export function configFor<const S extends SectionName>(context: Context, sections: readonly S[]): Config<S> {
  return loadedFor(context, sections).config
}

/** As `configFor`, with what describes it. */
export function loadedFor<const S extends SectionName>(context: Context, sections: readonly S[]): LoadedConfig<S> {
  const loaded = loadConfig({ path: optionalText(context, 'config'), env: context.env, require: sections })
  for (const warning of loaded.warnings) context.note(`warning: ${warning}`, 'warning')
  noteReach(context, loaded.config)
  return loaded
}

function noteReach({ reach }: Context, { mysql, nats, stripe }: Partial<Config>): void {
  if (mysql !== undefined) reach.mysql = mysql
  if (nats !== undefined) reach.natsUrl = nats.url.reveal()
  if (stripe !== undefined) reach.stripeApiBase = stripe.apiBase
}

/** Runs `work` with a database and closes it, whatever happens. */
export async function withDatabase<T>(
  config: Config<'mysql'>,
  work: (database: Database) => Promise<T>,
  holdMs = 15_000,
): Promise<T> {
  const { mysql } = config
  const database = openDatabase({ ...mysql, password: mysql.password.reveal(), maxConnections: 4, holdMs, acquireMs: 5000 })
  try {
    return await work(database)
  } finally {
    await database.close()
  }
}

/** Who acts when somebody runs the command: the operating system has decided that they may. */
export function shellCaller(context: Context): Caller {
  return {
    identity: shown(`cli:${context.env.USER ?? context.env.LOGNAME ?? 'unknown'}`, 255),
    email: undefined,
    roles: ['sysadmin'],
    groups: [],
    scopes: undefined,
  }
}

/** @throws SigningKeyError naming the entry of `security` that cannot sign */
export function keyRingOf({ security }: Config<'security'>): KeyRing {
  return openKeyRing(security.map((pair) => ({ ...pair, privateKeyPem: pair.privateKeyPem.reveal() })))
}
