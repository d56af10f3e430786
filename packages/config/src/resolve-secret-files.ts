import { resolve } from 'node:path'
import type { ConfigProblem } from './config-error.ts'
import { CannotRead, othersCanRead, type ReadFile } from './read-file.ts'
import { isMap, type Raw } from './read-yaml.ts'

/** Keys whose value may stand in a file of its own, named by the key with `_file` behind it. */
export const fileKeys: Readonly<Record<string, readonly string[]>> = {
  security: ['private_key_pem', 'public_key_pem'],
  internal_auth: ['jwt_secret'],
  stripe: ['api_key', 'webhook_secret'],
  nats: ['url'],
  mysql: ['dsn'],
  license: ['public_key_pem'],
}

const isPublic = (leaf: string) => leaf === 'public_key_pem'

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
  for (const { holder, path, leaf } of sections.flatMap((section) => candidates(raw, section))) {
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
      if (!isPublic(leaf) && othersCanRead(content)) warnings.push(`${path}_file: other users of this machine can read the file`)
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
  return Object.keys(fileKeys).some((section) =>
    candidates(raw, section).some(
      ({ holder, leaf }) => !isPublic(leaf) && typeof holder[leaf] === 'string' && holder[leaf] !== '',
    ),
  )
}

function candidates(raw: Raw, section: string): { holder: Raw; path: string; leaf: string }[] {
  const value = raw[section]
  const holders = Array.isArray(value)
    ? value.map((holder, index) => ({ holder, path: `${section}[${index}]` }))
    : [{ holder: value, path: section }]
  return holders.flatMap(({ holder, path }) =>
    isMap(holder) ? (fileKeys[section] ?? []).map((leaf) => ({ holder, path: `${path}.${leaf}`, leaf })) : [],
  )
}
