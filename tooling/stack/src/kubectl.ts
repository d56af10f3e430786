import { join } from 'node:path'
import { unpackedPackages } from './providers/debian/unpacked-packages.ts'
import { runCommand } from './run-command.ts'
import type { Say } from './stack.ts'

const WANTED = { packages: ['kubectl'], needed: /^kubectl$/, what: 'kubectl' }

/**
 * A kubectl whose kustomize takes folders among `resources` (1.21 and newer): that of PATH, else Debian unstable's, which is unpacked beside the servers.
 *
 * @returns the program
 * @throws Error with the reason when there is none
 */
export async function findKubectl(say: Say): Promise<string> {
  const { code, stdout } = await runCommand('kubectl', ['version', '--client', '--output=json'])
  const minor = /"minor": *"(\d+)/.exec(stdout)?.[1]
  if (code === 0 && Number(minor) >= 21) return 'kubectl'
  const unpacked = await unpackedPackages('kubectl-ARCHITECTURE-1', WANTED, say)
  if (typeof unpacked === 'string') throw new Error(`manifests are rendered by kubectl 1.21 or newer: ${unpacked}`)
  return join(unpacked.root, 'usr/bin/kubectl')
}
