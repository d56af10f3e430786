import { invalidRequest } from './stripe-error.ts'
import type { JsonObject } from './wire.ts'

/** One condition of a search: a field, or a key of the metadata, compared with a value. */
interface Clause {
  readonly negated: boolean
  readonly field: string
  readonly metadataKey: string | undefined
  readonly operator: ':' | '~' | '>' | '<' | '>=' | '<='
  /** `null` stands for a field that is not set. */
  readonly value: string | null
}

const clauseForm =
  /^(-)?([a-z_]+(?:\.[a-z_]+)*)(?:\[(?:"([^"]+)"|'([^']+)')\])?(>=|<=|:|~|>|<)(?:"((?:[^"\\]|\\.)*)"|'((?:[^'\\]|\\.)*)'|(null|-?\d+(?:\.\d+)?))(?=\s|$)/

/**
 * Reads a query of Stripe's search language, as far as it is used here: fields and metadata, `:` (equal), `~` (contains), numeric comparison, `-` (not), and
 * either `AND` or `OR` throughout.
 *
 * @returns whether an object fits
 * @throws StripeError 400 for what cannot be read
 * @see https://docs.stripe.com/search#search-query-language
 */
export function readSearchQuery(query: string): (object: JsonObject) => boolean {
  const clauses: Clause[] = []
  let joined: string | undefined
  for (let rest = query.trim(); ; ) {
    const found = clauseForm.exec(rest)
    if (found === null) throw unreadable(query)
    clauses.push(clauseOf(query, found))
    rest = rest.slice(found[0].length).trim()
    if (rest === '') break
    const [, word, more = ''] = /^(AND|OR)\s+(.*)$/s.exec(rest) ?? []
    // Two clauses side by side are both wanted.
    const join = word ?? 'AND'
    if (joined !== undefined && joined !== join) throw invalidRequest('AND and OR cannot be mixed in one query.', 'query')
    joined = join
    if (word !== undefined) rest = more
  }
  return (object) => (joined === 'OR' ? clauses.some((one) => fits(one, object)) : clauses.every((one) => fits(one, object)))
}

function clauseOf(query: string, [, minus, field = '', key, otherKey, operator, text, otherText, bare]: RegExpExecArray): Clause {
  const metadataKey = key ?? otherKey
  const value = text ?? otherText
  const kind = [':', '~', '>', '<', '>=', '<='].find((known) => known === operator) as Clause['operator'] | undefined
  if (kind === undefined || (field === 'metadata') !== (metadataKey !== undefined)) throw unreadable(query)
  if (kind === '~' && (value ?? '').length < 3) throw invalidRequest('A substring needs at least three characters.', 'query')
  const unescaped = value?.replaceAll(/\\(.)/g, '$1') ?? bare
  return { negated: minus !== undefined, field, metadataKey, operator: kind, value: bare === 'null' ? null : (unescaped ?? '') }
}

function fits({ negated, field, metadataKey, operator, value }: Clause, object: JsonObject): boolean {
  const found = metadataKey === undefined ? valueAt(object, field) : valueAt(object, 'metadata', metadataKey)
  return compare(found, operator, value) !== negated
}

/** Text is compared without regard to case, as Stripe does. */
function compare(found: unknown, operator: Clause['operator'], value: string | null): boolean {
  if (value === null) return found === undefined || found === null
  if (found === undefined || found === null) return false
  const [left, right] = [String(found).toLowerCase(), value.toLowerCase()]
  if (operator === ':') return left === right
  if (operator === '~') return left.includes(right)
  const [one, other] = [Number(found), Number(value)]
  return operator === '>' ? one > other : operator === '<' ? one < other : operator === '>=' ? one >= other : one <= other
}

function valueAt(object: JsonObject, field: string, metadataKey?: string): unknown {
  let value: unknown = object
  for (const part of metadataKey === undefined ? field.split('.') : [field, metadataKey])
    value = typeof value === 'object' && value !== null ? new Map(Object.entries(value)).get(part) : undefined
  return value
}

function unreadable(query: string): Error {
  return invalidRequest(`We were unable to parse your search query: ${query}`, 'query')
}
