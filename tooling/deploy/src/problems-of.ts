import { runValidateFunc, type ValidateFunc } from '@kubernetes-models/validate'
import { validate as deployment } from 'kubernetes-models/_schemas/IoK8sApiAppsV1Deployment'
import { validate as job } from 'kubernetes-models/_schemas/IoK8sApiBatchV1Job'
import { validate as configMap } from 'kubernetes-models/_schemas/IoK8sApiCoreV1ConfigMap'
import { validate as service } from 'kubernetes-models/_schemas/IoK8sApiCoreV1Service'
import { validate as serviceAccount } from 'kubernetes-models/_schemas/IoK8sApiCoreV1ServiceAccount'
import { validate as ingress } from 'kubernetes-models/_schemas/IoK8sApiNetworkingV1Ingress'
import { validate as networkPolicy } from 'kubernetes-models/_schemas/IoK8sApiNetworkingV1NetworkPolicy'
import { validate as disruptionBudget } from 'kubernetes-models/_schemas/IoK8sApiPolicyV1PodDisruptionBudget'
import type { Manifest } from './render.ts'

/** By `apiVersion/kind`: the JSON schemas of the API's own description, compiled. */
const schemas: Readonly<Record<string, typeof deployment>> = {
  'v1/ConfigMap': configMap,
  'v1/Service': service,
  'v1/ServiceAccount': serviceAccount,
  'apps/v1/Deployment': deployment,
  'batch/v1/Job': job,
  'networking.k8s.io/v1/Ingress': ingress,
  'networking.k8s.io/v1/NetworkPolicy': networkPolicy,
  'policy/v1/PodDisruptionBudget': disruptionBudget,
}

/** What the Kubernetes schemas have against a manifest, unknown fields included, which they themselves let pass. */
export function problemsOf(manifest: Manifest): string[] {
  const schema = schemas[`${manifest.apiVersion}/${manifest.kind}`]
  if (schema === undefined) return [`${manifest.apiVersion}/${manifest.kind} is not known here`]
  const watched = watch(manifest)
  try {
    runValidateFunc(predicate(schema), watched.value)
  } catch (error) {
    return [error instanceof Error ? error.message : String(error)]
  }
  return watched.unread().map((path) => `${path} is no field of the schema`)
}

/** They are what `runValidateFunc` runs for the package's own classes; only their declarations say less. */
function predicate(schema: typeof deployment): ValidateFunc<unknown> {
  return schema as ValidateFunc<unknown>
}

/** An object of the same content that knows which of its fields somebody has asked for: a schema asks for those that it has. */
function watch(value: object, path = ''): { value: object; unread(): string[] } {
  const read = new Set<string | symbol>()
  const inner = new Map<string | symbol, ReturnType<typeof watch>>()
  const proxy = new Proxy(value, {
    get(target, name) {
      read.add(name)
      const field: unknown = Reflect.get(target, name)
      if (typeof field !== 'object' || field === null || typeof name === 'symbol') return field
      const known = inner.get(name) ?? watch(field, `${path}/${name}`)
      inner.set(name, known)
      return known.value
    },
  })
  return {
    value: proxy,
    unread: () => [
      ...Object.keys(value).flatMap((name) => (read.has(name) ? [] : [`${path}/${name}`])),
      ...[...inner.values()].flatMap((one) => one.unread()),
    ],
  }
}
