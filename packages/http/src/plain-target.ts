/** What only operators ask for, and always by these very names. */
const operations = new Set(['/healthz', '/readyz', '/metrics'])
const anyBase = 'http://localhost'

/**
 * False for a request target that a proxy in front may read as another path than we do: the URL parser takes `%2e%2e` for `..` and `\` for `/`,
 * while a proxy that forwards a prefix sees neither, and would let `/prefix/%2e%2e/metrics` through. Plain dot segments lead where they
 * always lead, except to what the prefix is there to keep in.
 */
export function isPlainTarget(target: string): boolean {
  const [path = ''] = target.split(/[?#]/, 1)
  if (path.includes('\\')) return false
  const segments = path.split('/')
  if (segments.some((segment) => segment.includes('%') && isDots(segment.replaceAll(/%2e/gi, '.')))) return false
  return !segments.some(isDots) || !(URL.canParse(path, anyBase) && operations.has(new URL(path, anyBase).pathname))
}

function isDots(segment: string): boolean {
  return segment === '.' || segment === '..'
}
