import { MalformedLicenseError } from './malformed-license-error.ts'

/** Deepest nesting of objects and arrays that is read. */
const MAX_DEPTH = 16

const NUMBER = /[-0-9][-+.0-9eE]*/y

export type StrictJson = {
  readonly value: Readonly<Record<string, unknown>>
  /** The numbers of the outermost object as they are spelled: `1e3` and `1000` are one value to JavaScript, but not to every verifier. */
  readonly numberTexts: ReadonlyMap<string, string>
}

/**
 * Reads a JSON object that every JSON reader understands in the same way: valid UTF-8 without a byte order mark, no key twice in an
 * object, no `__proto__`, no half surrogate pairs, limited depth. Read by us, because this package is published without any dependency.
 *
 * @throws MalformedLicenseError
 */
export function parseStrictJson(bytes: Uint8Array): StrictJson {
  const text = decodeUtf8(bytes)
  const value = parseJson(text)
  if (!isObject(value)) throw new MalformedLicenseError('payload is not a JSON object')
  return { value, numberTexts: isPlain(text, value) ? numbersOf(value) : inspectTokens(text) }
}

/** Escapes, arrays and the forbidden key are what the walk over the tokens is for. */
const NEEDS_A_LOOK = /[\\[]|__proto__/

/**
 * True for a flat object spelled exactly as JSON.stringify spells it, which is how licenses are made: no key can be there twice, because the
 * second spelling would be lost. Saves most licenses the walk.
 */
function isPlain(text: string, value: object): boolean {
  return text.lastIndexOf('{') === 0 && !NEEDS_A_LOOK.test(text) && JSON.stringify(value) === text
}

function numbersOf(value: Readonly<Record<string, unknown>>): Map<string, string> {
  const numbers = new Map<string, string>()
  for (const [key, part] of Object.entries(value)) if (typeof part === 'number') numbers.set(key, String(part))
  return numbers
}

// ignoreBOM keeps a byte order mark in the text, where JSON.parse refuses it.
const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

function decodeUtf8(bytes: Uint8Array): string {
  try {
    return utf8.decode(bytes)
  } catch {
    throw new MalformedLicenseError('payload is not UTF-8')
  }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    throw new MalformedLicenseError('payload is not JSON')
  }
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** Walks a text that JSON.parse has accepted, for what JSON.parse lets through. It steps by hand, because a license may have to pay for it. */
function inspectTokens(text: string): Map<string, string> {
  const numberTexts = new Map<string, string>()
  const open: (Set<string> | undefined)[] = [] // the keys seen in each open object; undefined for an array
  let topLevelKey = ''
  let afterColon = false
  for (let at = 0; at < text.length; at++) {
    const character = text[at]
    if (character === '"') {
      const end = endOfString(text, at)
      const string = readString(text.slice(at, end))
      const keys = open.at(-1)
      if (keys !== undefined && !afterColon) {
        addKey(keys, string)
        if (open.length === 1) topLevelKey = string
      }
      at = end - 1
    } else if (character === ':') afterColon = true
    else if (character === ',') afterColon = false
    else if (character === '{' || character === '[') {
      if (open.length === MAX_DEPTH) throw new MalformedLicenseError('payload is nested too deeply')
      open.push(character === '{' ? new Set() : undefined)
      afterColon = false
    } else if (character === '}' || character === ']') open.pop()
    else if (afterColon && open.length === 1 && !numberTexts.has(topLevelKey)) {
      const spelling = numberAt(text, at)
      if (spelling !== undefined) numberTexts.set(topLevelKey, spelling)
    }
  }
  return numberTexts
}

function numberAt(text: string, at: number): string | undefined {
  NUMBER.lastIndex = at
  return NUMBER.exec(text)?.[0]
}

/** Index after the closing quote of the string that starts at `start`. */
function endOfString(text: string, start: number): number {
  let at = start + 1
  while (text[at] !== '"') at += text[at] === '\\' ? 2 : 1
  return at + 1
}

function readString(token: string): string {
  // Only an escape can hide a key's real name or make half a surrogate pair: UTF-8 cannot encode one.
  if (!token.includes('\\')) return token.slice(1, -1)
  const string: string = JSON.parse(token)
  if (/\p{Surrogate}/u.test(string)) throw new MalformedLicenseError('payload holds half a surrogate pair')
  return string
}

function addKey(keys: Set<string>, key: string): void {
  // Copying an object that owns a `__proto__` key can replace the copy's prototype.
  if (key === '__proto__') throw new MalformedLicenseError('payload holds the key __proto__')
  if (keys.has(key)) throw new MalformedLicenseError('payload holds a key twice')
  keys.add(key)
}
