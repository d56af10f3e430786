/** This program's release, as its package.json has it (a test compares them). Migrations name releases by it. */
export const RELEASE = '0.1.0'

/** A release as three numbers: `1.2.3`. */
export const RELEASE_FORM = /^\d{1,6}\.\d{1,6}\.\d{1,6}$/

/**
 * Orders releases by their numbers, so that 0.10.0 comes behind 0.9.0.
 *
 * @returns less than 0 when `a` is older than `b`, 0 when they are the same; what is no release is newer than every release
 */
export function compareReleases(a: string, b: string): number {
  const [left, right] = [numbersOf(a), numbersOf(b)]
  for (const [index, number] of left.entries()) {
    const difference = number - (right[index] ?? 0)
    if (difference !== 0 && !Number.isNaN(difference)) return difference
  }
  return 0
}

/** A form that this release cannot read was written by one that is newer. */
function numbersOf(release: string): number[] {
  return RELEASE_FORM.test(release) ? release.split('.').map(Number) : [Number.POSITIVE_INFINITY, 0, 0]
}
