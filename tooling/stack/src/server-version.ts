/** Numbers of the first dotted version in a program's answer: `mysqld  Ver 9.7.4 for Linux` is [9, 7, 4]. */
export function versionIn(text: string): readonly number[] | undefined {
  const match = /(\d+)\.(\d+)(?:\.(\d+))?/.exec(text)
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

/** MySQL before 8.0.19 lacks row aliases in upserts; MariaDB has another dialect and no SKIP LOCKED in the versions in use. */
export function isUsableMysqld(answer: string): boolean {
  const version = versionIn(answer)
  return version !== undefined && !/mariadb/i.test(answer) && isAtLeast(version, [8, 0, 19])
}

export function isUsableNats(answer: string): boolean {
  const version = versionIn(answer)
  return version !== undefined && isAtLeast(version, [2, 10, 0])
}
