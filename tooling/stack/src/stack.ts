import type { MysqlClient } from './servers/server-commands.ts'
import type { ServerControl } from './servers/server-control.ts'

export const providerNames = ['environment', 'path', 'docker', 'debian'] as const
export type ProviderName = (typeof providerNames)[number]

/** A MySQL and a NATS to work with. */
export interface Stack {
  readonly provider: ProviderName
  /** Versions, for one line of output. */
  readonly providerDetail: string
  /** Go notation, an account that may create databases: `root@tcp(127.0.0.1:PORT)/licenseoperator?parseTime=true`. */
  readonly mysqlDsn: string
  readonly natsUrl: string
  /** For private instances only: stop and start again on the same port and data. */
  readonly mysql?: ServerControl
  readonly nats?: ServerControl
  /** For private instances only: how MySQL's own client is called on this server, as root. */
  mysqlClient?(program: MysqlClient): { readonly command: string; readonly args: readonly string[] }
  /** Ends private instances and removes their data; may be called twice. */
  stop(): Promise<void>
}

/** Takes progress, a line at a time. */
export type Say = (line: string) => void

export const silent: Say = () => undefined

export const DEFAULT_CONNECTIONS = 400

/** How everyone addresses a MySQL and a NATS on loopback ports. */
export function addresses(ports: { mysql: number; nats: number }): { mysqlDsn: string; natsUrl: string } {
  return {
    mysqlDsn: `root@tcp(127.0.0.1:${ports.mysql})/licenseoperator?parseTime=true`,
    natsUrl: `nats://127.0.0.1:${ports.nats}`,
  }
}
