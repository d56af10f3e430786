import { startEnvironment } from './environment.ts'

const say = (line: string) => process.stdout.write(`${line}\n`)

try {
  const environment = await startEnvironment(say)
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.once(signal, () => {
      say('stopping')
      void environment.stop().then(() => process.exit(0))
    })
  }
  const api = `${environment.apiUrl}/authlance/license`
  say(`
  api               ${environment.apiUrl}
  webhook-ingest    ${environment.ingestUrl}
  Stripe emulator   ${environment.emulatorUrl}
  MySQL             ${environment.stack.mysqlDsn}
  NATS              ${environment.stack.natsUrl}
  configuration     ${environment.folder}/config.yaml  (CONFIG_FILE for the licenseoperator command)
  logs              ${environment.processes.map((one) => one.logFile).join(' ')}

  A member of group ${environment.group}:
  TOKEN=${environment.memberToken}

  curl ${api}/products
  curl -H "Authorization: Bearer $TOKEN" -H 'Content-Type: application/json' -d '{"lookupKey":"core-one-off","organizationName":"${environment.group}"}' ${api}/payments/api/v1/checkout-session
  curl -H "Authorization: Bearer $TOKEN" ${api}/groups/${environment.group}/licenses

  Open the url of the second answer in a browser and pay with 4242 4242 4242 4242. Ctrl-C stops everything.`)
} catch (error) {
  say(`dev: ${error instanceof Error ? error.message : 'failed'}`)
  process.exitCode = 1
}
