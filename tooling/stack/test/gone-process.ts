import { spawnSync } from 'node:child_process'
import type { ProcessIdentity } from '../src/process-identity.ts'

/** A process that was there and has ended. */
export function goneProcess(): ProcessIdentity {
  return { pid: spawnSync('true').pid, startTime: '1' }
}
