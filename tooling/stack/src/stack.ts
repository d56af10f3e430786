import type { ServerControl } from './servers/server-control.ts'

export const providerNames = ['environment', 'path', 'docker', 'debian'] as const
export type ProviderName = (typeof providerNames)[number]

/** A MySQL and a NATS to work with. */
export interface Stack {
  readonly provider: ProviderName
  /** Versions and places, for one line of output. */
  readonly providerDetail: string
  /** Go notation, an account that may create databases: `root@tcp(127.0.0.1:PORT)/licenseoperator?parseTime=true`. */
  readonly mysqlDsn: string
  readonly natsUrl: string
  /** For private instances only: stop and start again on the same port and data. */
  readonly mysql?: ServerControl
  readonly nats?: ServerControl
  stop(): Promise<void>
}

export type Say = (line: string) => void
