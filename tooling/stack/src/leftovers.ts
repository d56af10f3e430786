import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { identityOf, isAlive, processesWithArgument, signalProcess } from './process-identity.ts'

/**
 * A new folder that carries its owner (this process) in its name, so that `removeLeftovers` knows from the first moment whether anybody
 * still needs it.
 */
export function makeOwnedFolder(parent: string, prefix: string): string {
  return mkdtempSync(join(parent, `${prefix}${process.pid}-${identityOf(process.pid)?.startTime.replaceAll(/\W/g, '_')}-`))
}

/** Removes folders of `makeOwnedFolder` whose owner is gone, and ends the servers that still run in them. */
export function removeLeftovers(parent: string, prefix: string): void {
  const owner = new RegExp(`^${prefix}(\\d+)-(\\w+)-[^-]+$`)
  for (const name of readdirSync(parent)) {
    const [, pid, startTime] = owner.exec(name) ?? []
    if (pid === undefined || startTime === undefined) continue
    const now = identityOf(Number(pid))
    if (now !== undefined && isAlive(now) && now.startTime.replaceAll(/\W/g, '_') === startTime) continue
    const folder = join(parent, name)
    try {
      // Servers survive when their supervisors were killed together with the owner (`killall -9 node`).
      for (const mark of [`--datadir=${join(folder, 'mysql')}`, join(folder, 'nats.conf')]) {
        for (const server of processesWithArgument(mark)) signalProcess(server, 'SIGKILL')
      }
      rmSync(folder, { recursive: true, force: true, maxRetries: 5 })
    } catch {
      // Another user's, or another process removes it at this moment.
    }
  }
}

/** Where ephemeral stacks live. */
export const ephemeral = { parent: tmpdir(), prefix: 'licenseoperator-stack-' }
