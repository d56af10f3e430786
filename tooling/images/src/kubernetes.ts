import { chmodSync, chownSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { freePort } from '@licenseoperator/demo'
import { configuration, type Pod, pods } from '@licenseoperator/deploy'
import type { Buildah } from './buildah.ts'
import { type Candidate, type RunningService, runJob, type Surroundings, startService } from './try-image.ts'
import type { Volumes } from './volumes.ts'

/** The group of the pods' user (`fsGroup`), which a cluster lets read the files of a Secret. */
const GROUP = 1000

export interface Cluster {
  readonly buildah: Buildah
  /** By the Dockerfile's targets. */
  readonly images: Readonly<Record<string, Candidate>>
  readonly volumes: Volumes
  /** By the names that the manifests give the mounted files. */
  readonly secrets: Readonly<Record<string, string>>
  /** Where this host has Stripe. */
  readonly stripeUrl: string
  step<T>(name: string, work: () => Promise<T>, show?: (result: T) => string): Promise<T>
}

/**
 * Runs the containers of the Kubernetes manifests: their arguments, variables, mounted configuration and secrets, with the mode and group that a cluster
 * gives those. Jobs run to their end; the others must become ready by their own probe, all at once, and end with 0.
 */
export async function runManifests(cluster: Cluster): Promise<void> {
  const { buildah, volumes, step } = cluster
  writeFileSync(join(volumes.folder('kubernetes-config'), 'config.yaml'), configuration())
  const running: RunningService[] = []
  for (const pod of pods()) {
    const image = cluster.images[pod.container.image.split('/')[1] ?? '']
    if (image === undefined) throw new Error(`${pod.name}: no image of ours is ${pod.container.image}`)
    const { healthcheck, ...surroundings } = await surroundingsOf(pod, cluster)
    if (pod.kind === 'Job') await step(`kubernetes: ${pod.name}`, () => runJob(buildah, image, surroundings))
    else {
      const start = () => startService(buildah, image, { ...surroundings, healthcheck })
      running.push(await step(`kubernetes: ${pod.name}`, start, () => 'ready'))
    }
  }
  await step(
    'kubernetes: SIGTERM',
    () => Promise.all(running.map((one) => one.stop())),
    (ends) => `${ends.length} ended with 0`,
  )
}

async function surroundingsOf(
  pod: Pod,
  { volumes, secrets, stripeUrl }: Cluster,
): Promise<Surroundings & { healthcheck: string[] }> {
  const volume = `secrets-of-${pod.name}`
  for (const name of Object.keys(pod.secrets)) {
    const file = join(volumes.folder(volume), name)
    writeFileSync(file, secrets[name] ?? '')
    chownSync(file, 0, GROUP)
    chmodSync(file, pod.secretMode ?? 0)
  }
  const ports = new Map<string, number>()
  for (const { containerPort } of pod.container.ports) ports.set(`:${containerPort}`, await freePort())
  // Two things differ from a cluster: addresses are this host's, and so is Stripe. Workers have an address that nobody asks.
  const environment = {
    LICENSEOPERATOR_STRIPE_API_BASE: stripeUrl,
    ...(pod.kind === 'Deployment' && { LICENSEOPERATOR_INGEST_ADDR: `127.0.0.1:${await freePort()}` }),
    ...Object.fromEntries(
      Object.entries(pod.env).map(([name, value]) => [name, ports.has(value) ? `127.0.0.1:${ports.get(value)}` : value]),
    ),
  }
  const probe = pod.container.readinessProbe?.httpGet
  const port = pod.container.ports.find(({ name }) => name === probe?.port)?.containerPort
  const url = `http://127.0.0.1:${ports.get(`:${port}`)}${probe?.path}`
  return {
    command: pod.container.args,
    environment,
    mounts: [volumes.mount('kubernetes-config:/app/config:ro'), volumes.mount(`${volume}:/run/secrets/licenseoperator:ro`)],
    healthcheck: ['node', '-e', `fetch('${url}').then((r) => process.exit(r.ok ? 0 : 1), () => process.exit(1))`],
  }
}
