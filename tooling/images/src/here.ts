import type { ComposeService } from './compose-file.ts'

/** Where this host has what compose's network knows by name and fixed port. */
export interface Here {
  readonly mysqlDsn: string
  readonly natsUrl: string
  readonly ports: Readonly<Record<'api' | 'webhook-ingest' | 'stripe-emulator', number>>
}

/**
 * A service of the compose file for a run without compose's network: MySQL and NATS are those of this host, and every port of ours a free one.
 * All else stays as the file has it.
 */
export function onThisHost(service: ComposeService, { mysqlDsn, natsUrl, ports }: Here): ComposeService {
  const emulator = `http://127.0.0.1:${ports['stripe-emulator']}`
  const addresses: Readonly<Record<string, string>> = {
    LICENSEOPERATOR_MYSQL_DSN: mysqlDsn,
    LICENSEOPERATOR_NATS_URL: natsUrl,
    LICENSEOPERATOR_SERVER_ADDR: `127.0.0.1:${ports.api}`,
    LICENSEOPERATOR_INGEST_ADDR: `127.0.0.1:${ports['webhook-ingest']}`,
    // The made configuration names the emulator as compose's network does.
    LICENSEOPERATOR_STRIPE_API_BASE: emulator,
  }
  const environment = Object.fromEntries(
    // A variable that the file does not set is not set here either.
    Object.entries(service.environment).map(([name, value]) => [name, addresses[name] ?? value]),
  )
  const command = service.command.map((word) =>
    word
      .replace('--host=0.0.0.0', '--host=127.0.0.1')
      .replace('--port=12111', `--port=${ports['stripe-emulator']}`)
      .replace('http://127.0.0.1:12111', emulator)
      .replace('http://webhook-ingest:8083', `http://127.0.0.1:${ports['webhook-ingest']}`),
  )
  return { ...service, environment, command }
}

/** The image's own health check, which asks its fixed port. */
export function healthcheckHere(words: readonly string[], { ports }: Here): string[] {
  const fixed = { 8082: ports.api, 8083: ports['webhook-ingest'], 12111: ports['stripe-emulator'] }
  return words.map((word) =>
    Object.entries(fixed).reduce((text, [port, here]) => text.replaceAll(`:${port}/`, `:${here}/`), word),
  )
}
