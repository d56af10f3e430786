import { isAlive, runnersAbove } from './runners-above.ts'
import { type Dev, startDev } from './start-dev.ts'

const say = (line: string) => process.stdout.write(`${line}\n`)
const runners = runnersAbove()
const LOOK_MS = 500

let ending = false
const started = startDev(say)

/** However we are told to end: what was started ends first, also what is only starting. A second time we end at once, and the rest with us. */
function end(): void {
  if (ending) process.exit(130)
  ending = true
  say('stopping')
  started.then(
    (dev) => dev.stop().then(() => process.exit(0)),
    () => process.exit(0),
  )
}
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, end)
// Whoever reads our lines may be gone before us: a closed terminal is no error, and there is nobody to tell.
process.stdout.on('error', () => undefined)
// `pnpm dev` may be killed without a word to us.
setInterval(() => {
  if (!ending && !runners.every(isAlive)) end()
}, LOOK_MS).unref()

try {
  const dev = await started
  if (!ending) say(summary(dev))
} catch (error) {
  if (!ending) {
    say(`dev: ${error instanceof Error ? error.message : 'failed'}`)
    process.exit(1)
  }
}

function summary({ environment, storefrontUrl }: Dev): string {
  const api = `${environment.apiUrl}/authlance/license`
  return `
  Buy something with the mouse
    storefront        ${storefrontUrl}
    pay with          4242 4242 4242 4242, any later date, any three digits

  Read and try the API
    reference         ${api}/docs
    api               ${environment.apiUrl}
    webhook-ingest    ${environment.ingestUrl}

  Let time pass, refund, dispute
    Stripe emulator   ${environment.emulatorUrl}/_emulator/page
    its token         ${environment.controlToken}

  Look inside
    MySQL             ${environment.stack.mysqlDsn}
    NATS              ${environment.stack.natsUrl}
    configuration     ${environment.folder}/config.yaml  (CONFIG_FILE for the licenseoperator command)
    logs              ${environment.processes.map((one) => one.logFile).join('\n                      ')}

  Tokens of a member of the group ${environment.group} and of a system administrator, good for two hours;
  with them every sample of the reference runs as it stands:

export TOKEN=${environment.memberToken}
export ADMIN_TOKEN=${environment.adminToken}
curl ${api}/products
curl -H "Authorization: Bearer $TOKEN" ${api}/groups/${environment.group}/licenses

  Ctrl-C ends everything.`
}
