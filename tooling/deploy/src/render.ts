import { execFileSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { findKubectl } from '@licenseoperator/stack'
import { parseAllDocuments } from 'yaml'
import { z } from 'zod'

const kubectl = await findKubectl((line) => void process.stderr.write(`${line}\n`))
const folder = fileURLToPath(new URL('../kubernetes/', import.meta.url))

const Manifest = z.looseObject({ apiVersion: z.string(), kind: z.string(), metadata: z.looseObject({ name: z.string() }) })
export type Manifest = z.infer<typeof Manifest>

/**
 * What `kubectl apply -k` would send, which needs no cluster.
 *
 * @param overlay  a folder of `kubernetes/`
 */
export function render(overlay: 'base' | 'example'): Manifest[] {
  return parseAllDocuments(kustomized(overlay)).map((document) => Manifest.parse(document.toJS()))
}

function kustomized(overlay: string): string {
  return execFileSync(kubectl, ['kustomize', `${folder}${overlay}`], { encoding: 'utf8' })
}

/** The configuration file that the base gives every pod. */
export function configuration(): string {
  const [configMap] = render('base').filter(({ kind }) => kind === 'ConfigMap')
  return z.object({ data: z.object({ 'config.yaml': z.string() }) }).parse(configMap).data['config.yaml']
}
