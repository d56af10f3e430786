import { debianPrograms } from '../src/providers/debian/debian-programs.ts'
import { pathPrograms } from '../src/providers/path.ts'

/** How servers can run as processes of this host; undefined where only Docker has them. */
export async function privateProvider(): Promise<'path' | 'debian' | undefined> {
  if (typeof (await pathPrograms()) === 'object') return 'path'
  return typeof (await debianPrograms(() => undefined)) === 'object' ? 'debian' : undefined
}
