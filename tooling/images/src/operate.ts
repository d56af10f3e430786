import { freePort } from '@licenseoperator/demo'
import { acquireStack } from '@licenseoperator/stack'
import type { Buildah } from './buildah.ts'
import { type ComposeService, composeServices } from './compose-file.ts'
import { type Here, healthcheckHere, onThisHost } from './here.ts'
import { runManifests } from './kubernetes.ts'
import { purchase } from './purchase.ts'
import { type Candidate, type RunningService, runJob, startService } from './try-image.ts'
import { Volumes } from './volumes.ts'

export interface Operation {
  readonly buildah: Buildah
  /** By the Dockerfile's targets. */
  readonly images: Readonly<Record<string, Candidate>>
  readonly composeFile: string
  /** What is to be ended when all is over, the last first. */
  readonly stops: (() => Promise<unknown>)[]
  say(line: string): void
  step<T>(name: string, work: () => Promise<T>, show?: (result: T) => string): Promise<T>
}

const PROFILE = 'demo'
const GROUP = 'acme'

/**
 * What `docker compose --profile demo up` does on a bare clone, with a MySQL and a NATS of this host: the jobs and services of the file in its order,
 * from empty volumes, then a purchase, and the end of every service.
 */
export async function operate({ buildah, images, composeFile, stops, say, step }: Operation): Promise<void> {
  const stack = await acquireStack({ log: say })
  stops.push(() => stack.stop())
  const ports = { api: await freePort(), 'webhook-ingest': await freePort(), 'stripe-emulator': await freePort() }
  const here: Here = { mysqlDsn: stack.mysqlDsn, natsUrl: stack.natsUrl, ports }
  const volumes = new Volumes(buildah.scratch('volumes'))
  const surroundings = (service: ComposeService) => ({
    ...onThisHost(service, here),
    mounts: service.volumes.map((volume) => volumes.mount(volume)),
  })
  const imageOf = (service: ComposeService) => {
    const image = images[service.image]
    if (image === undefined)
      throw new Error(`docker-compose.yml: ${service.name} is built for a target that is not: ${service.image}`)
    return image
  }

  const running: RunningService[] = []
  for (const service of composeServices(composeFile, PROFILE, {})) {
    const image = imageOf(service)
    const job = surroundings(service)
    if (image.config.Healthcheck === undefined) {
      await step(`compose: ${service.name}`, () => runJob(buildah, image, job))
      const made = volumes.contents('settings')
      await step(`compose: ${service.name} again`, () => runJob(buildah, image, job))
      if (volumes.contents('settings') !== made) throw new Error(`${service.name} changed settings that it had made before`)
    } else {
      const healthcheck = healthcheckHere(image.config.Healthcheck.Test.slice(1), here)
      const start = () => startService(buildah, image, { ...job, healthcheck })
      running.push(await step(`compose: ${service.name}`, start, () => 'healthy'))
    }
  }

  const [commands] = composeServices(composeFile, 'cli', {}).filter(({ name }) => name === 'licenseoperator')
  if (commands === undefined) throw new Error('docker-compose.yml has no service licenseoperator')
  const run = async (...words: string[]) => {
    const mounts = [volumes.mount('out:/out'), ...surroundings(commands).mounts]
    await runJob(buildah, imageOf(commands), { ...surroundings(commands), command: words, mounts, output: '/out/text' })
    return volumes.read('out', 'text').trim()
  }
  const token = await run('token', 'mint', '--identity', 'ada', '--email', 'ada@acme.example', '--group', GROUP)
  const shop = {
    apiUrl: `http://127.0.0.1:${ports.api}`,
    token,
    group: GROUP,
    publicKeyPem: volumes.read('settings', 'signing.pub.pem'),
  }
  await step('a purchase', () => purchase({ ...shop, product: 'core-one-off' }), String)
  await step(
    'the books',
    () => run('stripe', 'reconcile', '--since', '1h'),
    (text) => text.split('\n').at(-1) ?? '',
  )

  const settings = (file: string) => volumes.read('settings', file)
  await runManifests({
    ...{ buildah, images, volumes, step },
    stripeUrl: `http://127.0.0.1:${ports['stripe-emulator']}`,
    secrets: {
      signing_key: settings('signing.key.pem'),
      jwt_secret: settings('jwt_secret'),
      stripe_api_key: settings('stripe_api_key'),
      stripe_webhook_secret: settings('stripe_webhook_secret'),
      mysql_dsn: stack.mysqlDsn,
      nats_url: stack.natsUrl,
    },
  })

  for (const service of running.reverse()) await step(`${service.name}: SIGTERM`, () => service.stop())
}
