import { join } from 'node:path'
import type { Programs } from '../../servers/server-commands.ts'
import type { Say } from '../../stack.ts'
import { type Platform, unpackedPackages } from './unpacked-packages.ts'

const WANTED = {
  packages: ['mysql-server-core', 'mysql-client-core', 'nats-server'],
  // Of the dependency closure the servers need the libraries; the rest (perl, adduser, debconf) serves package installation.
  needed: /^(?:lib(?!perl)|mysql-(?:server|client)-core|nats-server)/,
  what: 'MySQL and NATS',
}

/**
 * Debian's packages of both servers.
 *
 * @returns the programs, or the reason why this host cannot have them
 * @throws Error with apt's last words when the packages cannot be had
 */
export async function debianPrograms(say: Say): Promise<Programs | string> {
  const unpacked = await unpackedPackages('debian-ARCHITECTURE-3', WANTED, say)
  return typeof unpacked === 'string' ? unpacked : programsIn(unpacked.root, unpacked.platform)
}

function programsIn(root: string, { triplet, loader }: Platform): Programs {
  const libraries = join(root, 'usr/lib', triplet)
  // Its own loader and libraries: the host's may be years older.
  const ofMysql = (program: string) => ({
    command: join(libraries, loader),
    prefix: ['--library-path', `${libraries}:${join(libraries, 'mysql')}`, join(root, program)],
  })
  return {
    mysqlClient: (program) => ofMysql(`usr/bin/${program}`),
    mysqld: {
      ...ofMysql('usr/sbin/mysqld'),
      options: [
        `--basedir=${join(root, 'usr')}`,
        `--lc-messages-dir=${join(root, 'usr/share/mysql')}`,
        `--plugin-dir=${join(root, 'usr/lib/mysql/plugin')}`,
      ],
    },
    natsServer: join(root, 'usr/sbin/nats-server'),
  }
}
