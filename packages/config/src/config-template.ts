import { stringify } from 'yaml'
import { keyMeanings } from './key-meanings.ts'
import { type KeyNode, keyTree } from './key-tree.ts'
import { fileKeys } from './resolve-secret-files.ts'

const HEADER = `# Configuration of License Operator, written by \`licenseoperator config init\`.
#
# Fill in the keys that have no value: they are required. A key behind a # shows its default, or an example where the line above says so; take the #
# away to change it. x_file names a file that holds x; a relative path starts at the folder of this file. Every key can come from the environment as
# well, and then wins over this file: stripe.api_key is LICENSEOPERATOR_STRIPE_API_KEY. \`licenseoperator config check\` names all that is wrong.
`
const WIDTH = 130

/** A configuration file to fill in: every key with its meaning and its default, required ones without a value. */
export function configTemplate(): string {
  const [first, then] = [keyTree().filter(isRequired), keyTree().filter((section) => !isRequired(section))]
  return [HEADER, ...[...first, ...then].map(sectionText)].join('\n')
}

/** Whether something has to be filled in. */
function isRequired({ keys, required }: KeyNode): boolean {
  return keys === undefined ? required === true : keys.some(isRequired)
}

function sectionText(section: KeyNode): string {
  if (section.keys !== undefined) return `${section.name}:\n${keysText(section.path, section.keys)}`
  // The one section that is a list.
  const meaning = prose(`Required: ${meaningOf(section.path)}. \`licenseoperator keys generate\` makes a key`, '')
  return `${meaning}${section.name}:\n  - product_key:\n    private_key_pem_file:\n    #public_key_pem_file: /etc/licenseoperator/core.pub.pem\n`
}

function keysText(holder: string, keys: readonly KeyNode[]): string {
  let said = ''
  return keys
    .map((key) => {
      const about = aboutKey(holder, key)
      // Two keys that do the same say it once.
      const text = about === said ? '' : prose(about, '  ')
      said = about
      return text + settingText(holder, key)
    })
    .join('')
}

function aboutKey(holder: string, key: KeyNode): string {
  if (key.keys !== undefined) return `${meaningOf(key.keys[0]?.path ?? '')}; for example`
  const { example } = keyMeanings[key.path] ?? {}
  const meaning = meaningOf(key.path)
  if (key.required !== true) return key.fallback === undefined || example !== undefined ? `${meaning}; for example` : meaning
  return isSecret(holder, key) || example === undefined
    ? `Required: ${meaning}`
    : `Required: ${meaning}; for example ${String(example)}`
}

function settingText(holder: string, key: KeyNode): string {
  if (key.keys !== undefined) {
    const examples = key.keys.map(({ name, path }) => [`${name}_file`, keyMeanings[path]?.example])
    return commented({ [key.name]: Object.fromEntries(examples) })
  }
  const { example } = keyMeanings[key.path] ?? {}
  const fromFile = isSecret(holder, key) ? commented({ [`${key.name}_file`]: example }) : ''
  if (key.required === true) return `  ${key.name}:\n${fromFile}`
  return fromFile === '' ? commented({ [key.name]: example ?? key.fallback }) : fromFile
}

function isSecret(holder: string, { name }: KeyNode): boolean {
  return fileKeys[holder]?.includes(name) === true
}

function meaningOf(path: string): string {
  return (keyMeanings[path]?.meaning ?? '').replaceAll(' †', '')
}

function commented(setting: object): string {
  return stringify(setting, { lineWidth: 0 }).replaceAll(/^(?=.)/gm, '  #')
}

function prose(text: string, indent: string): string {
  const lines: string[] = []
  let line = `${indent}#`
  for (const word of text.split(' ')) {
    if (line.length + 1 + word.length > WIDTH) {
      lines.push(line)
      line = `${indent}#`
    }
    line += ` ${word}`
  }
  return [...lines, line].map((shown) => `${shown}\n`).join('')
}
