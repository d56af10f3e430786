import { z } from 'zod'
import { type Manifest, render } from './render.ts'

const Probe = z.object({
  httpGet: z.object({ path: z.string(), port: z.string() }),
  periodSeconds: z.int(),
  timeoutSeconds: z.int().default(1),
  failureThreshold: z.int().default(3),
})

const Container = z.object({
  name: z.string(),
  image: z.string(),
  args: z.array(z.string()).default([]),
  env: z.array(z.strictObject({ name: z.string(), value: z.string() })).default([]),
  ports: z.array(z.object({ name: z.string(), containerPort: z.int() })).default([]),
  startupProbe: Probe.optional(),
  livenessProbe: Probe.optional(),
  readinessProbe: Probe.optional(),
  securityContext: z.unknown(),
  resources: z.unknown(),
})

const Source = z.object({
  secret: z.object({ name: z.string(), items: z.array(z.object({ key: z.string(), path: z.string() })) }),
})

const Workload = z.object({
  kind: z.string(),
  metadata: z.object({ name: z.string() }),
  spec: z.object({
    replicas: z.int().optional(),
    template: z.object({
      metadata: z.object({ labels: z.record(z.string(), z.string()) }),
      spec: z.object({
        terminationGracePeriodSeconds: z.int().default(30),
        automountServiceAccountToken: z.boolean(),
        securityContext: z.unknown(),
        containers: z.tuple([Container]),
        volumes: z.array(
          z.object({ name: z.string(), projected: z.object({ defaultMode: z.int(), sources: z.array(Source) }).optional() }),
        ),
      }),
    }),
  }),
})

/** What the cluster runs, as the manifests say it. */
export interface Pod {
  readonly name: string
  readonly kind: string
  readonly replicas: number
  readonly labels: Readonly<Record<string, string>>
  readonly graceSeconds: number
  readonly container: Omit<z.infer<typeof Container>, 'env'>
  readonly env: Readonly<Record<string, string>>
  readonly securityContext: unknown
  readonly tokenMounted: boolean
  /** File of the mounted secrets, and which key of which Secret it comes from. */
  readonly secrets: Readonly<Record<string, string>>
  /** Mode of those files. */
  readonly secretMode: number | undefined
}

/** The Deployments and Jobs of rendered manifests; by default those of the base. */
export function pods(manifests: readonly Manifest[] = render('base')): Pod[] {
  return manifests
    .filter(({ kind }) => kind === 'Deployment' || kind === 'Job')
    .map((manifest) => {
      const { kind, metadata, spec } = Workload.parse(manifest)
      const { containers, volumes, ...pod } = spec.template.spec
      const [{ env, ...container }] = containers
      const projected = volumes.flatMap((volume) => volume.projected ?? [])
      const items = projected
        .flatMap(({ sources }) => sources)
        .flatMap(({ secret: { name, items } }) => items.map((item) => ({ name, ...item })))
      return {
        name: metadata.name,
        kind,
        replicas: spec.replicas ?? 1,
        labels: spec.template.metadata.labels,
        graceSeconds: pod.terminationGracePeriodSeconds,
        container,
        env: Object.fromEntries(env.map(({ name, value }) => [name, value])),
        securityContext: pod.securityContext,
        tokenMounted: pod.automountServiceAccountToken,
        secrets: Object.fromEntries(items.map(({ name, key, path }) => [path, `${name}/${key}`])),
        secretMode: projected[0]?.defaultMode,
      }
    })
}
