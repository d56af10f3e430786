import { debianPrograms } from '../src/providers/debian/debian-programs.ts'
import { pathPrograms } from '../src/providers/path.ts'

/** True where servers can run as processes of this host; false where only Docker has them. */
export async function canRunPrivateServers(): Promise<boolean> {
  return typeof (await pathPrograms()) === 'object' || typeof (await debianPrograms(() => undefined)) === 'object'
}
