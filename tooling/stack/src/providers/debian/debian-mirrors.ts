import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

const DEFAULT_MIRROR = 'http://deb.debian.org/debian'

/** One-line style: `deb [options] URI suite component…`; deb822 style has a field per line. */
const ONE_LINE = /^\s*deb\s+(?:\[[^\]]*\]\s+)?(?<uri>\S+)\s+(?<suite>\S+)\s+(?<components>.+)$/

/**
 * The mirrors to ask, best first: those that the host's own apt uses, because the default one may not be reachable from here.
 *
 * @param sources  texts of the host's /etc/apt/sources.list and of the files in sources.list.d
 */
export function debianMirrors(sources: readonly string[]): string[] {
  const found = sources.flatMap((text) => [...oneLineUris(text), ...deb822Uris(text)])
  const mirrors = found.filter((uri) => /^https?:\/\/.*\/debian\/?$/.test(uri)).map((uri) => uri.replace(/\/$/, ''))
  return [...new Set([...mirrors, DEFAULT_MIRROR])]
}

/** `debianMirrors` of this host. */
export function hostDebianMirrors(): string[] {
  const folder = '/etc/apt/sources.list.d'
  const parts = existsSync(folder) ? readdirSync(folder).map((name) => join(folder, name)) : []
  const files = ['/etc/apt/sources.list', ...parts].filter((file) => existsSync(file))
  return debianMirrors(files.map((file) => readFileSync(file, 'utf8')))
}

function oneLineUris(text: string): string[] {
  return text.split('\n').flatMap((line) => {
    const { uri = '', components = '' } = ONE_LINE.exec(line)?.groups ?? {}
    return hasMain(components) ? [uri] : []
  })
}

function deb822Uris(text: string): string[] {
  return text.split(/\n\s*\n/).flatMap((stanza) => {
    const field = (name: string) => new RegExp(`^${name}:[ \\t]*(.+)$`, 'im').exec(stanza)?.[1] ?? ''
    return hasMain(field('Components')) && field('Types').split(/\s+/).includes('deb') ? field('URIs').trim().split(/\s+/) : []
  })
}

/** Debian's own archive has this component; of the others that end in /debian, such as Docker's, few do. */
function hasMain(components: string): boolean {
  return components.trim().split(/\s+/).includes('main')
}
