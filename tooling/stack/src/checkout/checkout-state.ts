import { readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { type ProcessIdentity, toIdentity } from '../process-identity.ts'
import type { Containers } from '../providers/docker.ts'
import { type ProviderName, providerNames } from '../stack.ts'

interface Ports {
  readonly mysql: number
  readonly nats: number
}

/** What is remembered in `.stack/state.json`. That it is there does not mean that the servers run. */
export type CheckoutState = { readonly providerDetail: string; readonly ports: Ports } & (
  | {
      readonly provider: Exclude<ProviderName, 'environment' | 'docker'>
      readonly mysql: ProcessIdentity
      readonly nats: ProcessIdentity
    }
  | { readonly provider: 'docker'; readonly containers: Containers }
)

const FILE = 'state.json'

/** @returns undefined when there is none, or when it was written by another version or only half */
export function readState(folder: string): CheckoutState | undefined {
  try {
    return toState(JSON.parse(readFileSync(join(folder, FILE), 'utf8')))
  } catch {
    return undefined
  }
}

export function writeState(folder: string, state: CheckoutState): void {
  const file = join(folder, FILE)
  writeFileSync(`${file}.new`, `${JSON.stringify(state, undefined, 2)}\n`)
  renameSync(`${file}.new`, file)
}

export function removeState(folder: string): void {
  rmSync(join(folder, FILE), { force: true })
}

function toState(value: Record<string, unknown>): CheckoutState | undefined {
  const provider = providerNames.find((name) => name === value.provider)
  const ports = toPorts(value.ports)
  const { providerDetail } = value
  if (provider === undefined || provider === 'environment' || ports === undefined || typeof providerDetail !== 'string')
    return undefined
  if (provider === 'docker') {
    const containers = toContainers(value.containers)
    return containers === undefined ? undefined : { provider, providerDetail, ports, containers }
  }
  const mysql = toIdentity(value.mysql)
  const nats = toIdentity(value.nats)
  return mysql === undefined || nats === undefined ? undefined : { provider, providerDetail, ports, mysql, nats }
}

function toPorts(value: unknown): Ports | undefined {
  if (typeof value !== 'object' || value === null || !('mysql' in value) || !('nats' in value)) return undefined
  const { mysql, nats } = value
  return typeof mysql === 'number' && typeof nats === 'number' ? { mysql, nats } : undefined
}

function toContainers(value: unknown): Containers | undefined {
  if (typeof value !== 'object' || value === null || !('mysql' in value) || !('nats' in value)) return undefined
  const { mysql, nats } = value
  return typeof mysql === 'string' && typeof nats === 'string' ? { mysql, nats } : undefined
}
