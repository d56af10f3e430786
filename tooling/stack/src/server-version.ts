/** Numbers of a program's version: `…/mysqld  Ver 9.7.4 for Linux` is [9, 7, 4], `nats-server: v2.15.1` is [2, 15, 1]. */
export function versionIn(answer: string): readonly number[] | undefined {
  // mysqld prints its path first, and that may hold another number: /usr/local/mysql-5.7/bin/mysqld  Ver 8.4.2
  const match = /(?:\bVer |\bv)(\d+)\.(\d+)(?:\.(\d+))?/.exec(answer)
  return match === null ? undefined : match.slice(1).map((part) => Number(part ?? 0))
}

/** True when the version is the wanted one or newer. */
export function isAtLeast(version: readonly number[], wanted: readonly number[]): boolean {
  for (const [index, part] of wanted.entries()) {
    const own = version[index] ?? 0
    if (own !== part) return own > part
  }
  return true
}

/** MySQL before 8.0.19 lacks row aliases in upserts; MariaDB is another dialect. */
export function isUsableMysqld(answer: string): boolean {
  const version = versionIn(answer)
  return version !== undefined && !/mariadb/i.test(answer) && isAtLeast(version, [8, 0, 19])
}

/** NATS before 2.10 lacks `sync_interval: always`, without which an acknowledged message is not yet on disk. */
export function isUsableNats(answer: string): boolean {
  const version = versionIn(answer)
  return version !== undefined && isAtLeast(version, [2, 10, 0])
}
