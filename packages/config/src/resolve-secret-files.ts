import { resolve } from 'node:path'
import type { ConfigProblem } from './config-error.ts'
import { CannotRead, othersCanRead, type ReadFile } from './read-file.ts'
import { isMap, type Raw } from './read-yaml.ts'

/** Keys whose value may stand in a file of its own, named by the key with `_file` behind it; by the path of the map that holds them. */
export const fileKeys: Readonly<Record<string, readonly string[]>> = {
  security: ['private_key_pem', 'public_key_pem'],
  internal_auth: ['jwt_secret'],
  stripe: ['api_key', 'webhook_secret'],
  nats: ['url', 'credentials', 'nkey_seed'],
  'nats.tls': ['ca', 'cert', 'key'],
  mysql: ['dsn'],
  'mysql.tls': ['ca', 'cert', 'key'],
  license: ['public_key_pem'],
  mail: ['password'],
  'mail.tls': ['ca', 'cert', 'key'],
}

/** Whether what stands in that key or file may be read by everybody. */
export const isPublicKey = (leaf: string) => ['public_key_pem', 'ca', 'cert'].includes(leaf)

/**
 * Replaces every `x_file` by `x`, without the white space around the text. Relative paths start at `baseFolder`.
 *
 * @param raw  changed in place
 * @param sections  names of the sections to look at
 * @returns `unread`: the paths of keys that have no value because their file could not be read
 */
export function resolveSecretFiles(
  raw: Raw,
  sections: readonly string[],
  baseFolder: string,
  readFile: ReadFile,
): { problems: ConfigProblem[]; warnings: string[]; unread: string[] } {
  const problems: ConfigProblem[] = []
  const warnings: string[] = []
  const unread: string[] = []
  const wanted = Object.keys(fileKeys).filter((at) => sections.includes(at.replace(/\..*/, '')))
  for (const { holder, path, leaf } of wanted.flatMap((at) => candidates(raw, at))) {
    const file = holder[`${leaf}_file`]
    delete holder[`${leaf}_file`]
    // Templates leave empty text where nothing was filled in.
    if (file === undefined || file === '') continue
    if (holder[leaf] !== undefined) problems.push({ path, message: `${leaf} and ${leaf}_file exclude each other` })
    else {
      const message = typeof file === 'string' ? read(holder, leaf, path, file) : 'must be a path'
      if (message !== undefined) {
        problems.push({ path: `${path}_file`, message })
        unread.push(path)
      }
    }
  }
  return { problems, warnings, unread }

  function read(holder: Raw, leaf: string, path: string, file: string): string | undefined {
    try {
      const content = readFile(resolve(baseFolder, file))
      if (!isPublicKey(leaf) && othersCanRead(content))
        warnings.push(`${path}_file: other users of this machine can read the file`)
      holder[leaf] = content.text.trim()
      return undefined
    } catch (error) {
      if (error instanceof CannotRead) return `the file it names: ${error.message}`
      throw error
    }
  }
}

/** Whether a secret stands in the data itself, not in a file beside it. */
export function holdsSecret(raw: Raw): boolean {
  return Object.keys(fileKeys).some((at) =>
    candidates(raw, at).some(({ holder, leaf }) => !isPublicKey(leaf) && typeof holder[leaf] === 'string' && holder[leaf] !== ''),
  )
}

function candidates(raw: Raw, at: string): { holder: Raw; path: string; leaf: string }[] {
  const value = at.split('.').reduce<unknown>((holder, name) => (isMap(holder) ? holder[name] : undefined), raw)
  const holders = Array.isArray(value)
    ? value.map((holder, index) => ({ holder, path: `${at}[${index}]` }))
    : [{ holder: value, path: at }]
  return holders.flatMap(({ holder, path }) =>
    isMap(holder) ? (fileKeys[at] ?? []).map((leaf) => ({ holder, path: `${path}.${leaf}`, leaf })) : [],
  )
}
