import { readFileSync, statSync } from 'node:fs'
import { resolve } from 'node:path'
import type { ConfigProblem } from './config-error.ts'
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

/** A key file that its group or everybody can read. */
const READABLE_BY_OTHERS = 0o044

/**
 * Replaces every `x_file` by `x`. Relative paths start at the configuration file's folder.
 *
 * @param raw  changed in place
 */
export function resolveSecretFiles(raw: Raw, baseFolder: string): { problems: ConfigProblem[]; warnings: string[] } {
  const problems: ConfigProblem[] = []
  const warnings: string[] = []
  for (const [section, leaves] of Object.entries(fileKeys)) {
    const value = raw[section]
    const holders = Array.isArray(value)
      ? value.map((holder, index) => ({ holder, path: `${section}[${index}]` }))
      : [{ holder: value, path: section }]
    for (const { holder, path } of holders) {
      if (isMap(holder)) for (const leaf of leaves) resolveOne(holder, leaf, `${path}.${leaf}`)
    }
  }
  return { problems, warnings }

  function resolveOne(holder: Raw, leaf: string, path: string): void {
    const file = holder[`${leaf}_file`]
    if (file === undefined) return
    delete holder[`${leaf}_file`]
    if (holder[leaf] !== undefined) problems.push({ path, message: `${leaf} and ${leaf}_file exclude each other` })
    else if (typeof file !== 'string') problems.push({ path: `${path}_file`, message: 'must be a path' })
    else holder[leaf] = read(resolve(baseFolder, file), path)
  }

  function read(file: string, path: string): string | undefined {
    try {
      if (!path.endsWith('public_key_pem') && (statSync(file).mode & READABLE_BY_OTHERS) !== 0) {
        warnings.push(`${path}_file: other users of this machine can read the file`)
      }
      return readFileSync(file, 'utf8').trim()
    } catch {
      problems.push({ path: `${path}_file`, message: 'names a file that cannot be read' })
      return undefined
    }
  }
}
