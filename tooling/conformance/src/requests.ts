import fc from 'fast-check'

export type Schema = Readonly<Record<string, unknown>>
export interface Operation {
  readonly operationId: string
  readonly method: string
  readonly path: string
  readonly parameters: readonly { readonly name: string; readonly in: string }[]
  /** Of the JSON body, when there is one. */
  readonly body: Schema | undefined
}
export interface Description {
  readonly paths: Readonly<Record<string, Readonly<Record<string, Schema>>>>
  readonly components: unknown
}

/** A request as it goes out; `body` is the text, well-formed or not. */
export interface FuzzRequest {
  readonly method: string
  readonly path: string
  readonly body: string | undefined
}

export function operationsOf(description: Description): Operation[] {
  return Object.entries(description.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({
      operationId: String(operation.operationId),
      method: method.toUpperCase(),
      path,
      parameters: Object(operation.parameters ?? []),
      body: at(operation, 'requestBody', 'content', 'application/json', 'schema'),
    })),
  )
}

/** Values that other services have choked on, for fields of every type. */
const nasty: readonly unknown[] = [
  0,
  -1,
  1.5,
  -0,
  2 ** 31,
  2 ** 53 + 2,
  1e300,
  '',
  ' ',
  '0',
  '5',
  'true',
  true,
  false,
  null,
  [],
  [0],
  ['a'],
  {},
  { toString: 'x' },
  'a\u0000b',
  '\ud800',
  '\u202eevil',
  '😀',
  'a\r\nX: y',
  '\u001b[31m',
  "' or 1=1 --",
  '%',
  '_',
  '\\',
  '../../etc/passwd',
  '{"a":1}',
  'x'.repeat(10_000),
  '2026-02-30T00:00:00Z',
  '2026-13-01',
  '9999-12-31T23:59:59Z',
  '20000-01-01T00:00:00Z',
  '__proto__',
  'constructor',
]

const segments = [
  'core-one-off',
  'core-one-off',
  '2',
  'acme',
  'ACME',
  'core',
  'nobody',
  'L-01JZX3F9T5M2Q8V7K4N6R0B1CD',
  '1',
  '0',
  '-1',
  '1e3',
  '%00',
  '%20',
  '..%2f..',
  'a%0d%0ab',
  '%F0%9F%98%80',
  'x'.repeat(300),
]

/** Requests for one operation: right ones, nearly right ones and nonsense. */
export function requestFor(description: Description, operation: Operation): fc.Arbitrary<FuzzRequest> {
  const path = fc
    .tuple(
      ...operation.parameters
        .filter((one) => one.in === 'path')
        .map(({ name }) => fc.tuple(fc.constant(name), fc.constantFrom(...segments))),
    )
    .map((values) => values.reduce((made, [name, value]) => made.replace(`{${name}}`, value), operation.path))
  const query = fc
    .tuple(
      ...operation.parameters
        .filter((one) => one.in === 'query')
        .map(({ name }) =>
          fc.option(fc.tuple(fc.constant(name), fc.oneof(likelyQuery, fc.constantFrom(...nasty).map(asText))), {
            nil: undefined,
            freq: 2,
          }),
        ),
    )
    .map((pairs) =>
      new URLSearchParams(
        pairs.filter((pair) => pair !== undefined).map(([name, value]) => [name, value.toWellFormed()]),
      ).toString(),
    )
  const body = operation.body === undefined ? fc.constant(undefined) : bodyFor(description, operation.body)
  return fc.record({ path, query, body }).map((made) => ({
    method: operation.method,
    path: made.query === '' ? made.path : `${made.path}?${made.query}`,
    body: made.body,
  }))
}

/** Short enough that the whole line stays below the 16 KiB at which Node itself answers 431. */
function asText(value: unknown): string {
  return (typeof value === 'string' ? value : (JSON.stringify(value) ?? '')).slice(0, 1500)
}

const likelyQuery = fc.constantFrom('1', '2', '10', '250', 'true', 'acme', 'core', '2026-01-01', '2026-03-01T00:00:00Z', 'prod_1')

function bodyFor(description: Description, schema: Schema): fc.Arbitrary<string> {
  const whole = fc.oneof(
    { weight: 6, arbitrary: valueFor(description, schema) },
    { weight: 12, arbitrary: fc.uuid().map((id) => afresh(exampleOf(description, schema), id)) },
    { weight: 1, arbitrary: fc.constantFrom(...nasty) },
  )
  const mutated = fc
    .tuple(
      whole,
      fc.oneof(
        { weight: 2, arbitrary: fc.constant([]) },
        { weight: 3, arbitrary: fc.array(fc.tuple(fc.nat(), fc.constantFrom(...nasty)), { maxLength: 2 }) },
      ),
    )
    .map(([value, changes]) =>
      changes.reduce((made, [place, change]) => withMember(description, schema, made, place, change), value),
    )
  return fc.oneof(
    { weight: 20, arbitrary: mutated.map((value) => JSON.stringify(value) ?? '') },
    {
      weight: 1,
      arbitrary: fc.constantFrom(
        '',
        '{',
        '{"a":1e400}',
        '{"__proto__":{"a":1}}',
        `{"a":${'['.repeat(1000)}${']'.repeat(1000)}}`,
        '\ufeff{}',
      ),
    },
  )
}

/** The example under names that are not taken yet, and of things that exist where everything is set up for a demo. */
function afresh(example: unknown, id: string): unknown {
  const known: Record<string, unknown> = {
    slug: `f-${id}`,
    code: `c-${id}`,
    lookupKey: 'core-one-off',
    lookup_key: 'core-one-off',
    bundledProducts: undefined,
  }
  return Object.fromEntries(Object.entries(Object(example)).map(([name, value]) => [name, name in known ? known[name] : value]))
}

/** One member of the object replaced, by its place among those that the schema names. */
function withMember(description: Description, schema: Schema, value: unknown, place: number, change: unknown): unknown {
  const names = Object.keys(Object(resolved(description, schema).properties))
  const name = names[place % Math.max(1, names.length)]
  if (typeof value !== 'object' || value === null || Array.isArray(value) || name === undefined) return value
  return { ...value, [name]: change }
}

/** Values that a schema describes; optional members come and go. */
export function valueFor(description: Description, unresolved: Schema): fc.Arbitrary<unknown> {
  const schema = resolved(description, unresolved)
  const words = schema.enum
  if (Array.isArray(words)) return fc.constantFrom(...words)
  if (Array.isArray(schema.anyOf)) return fc.oneof(...schema.anyOf.map((one) => valueFor(description, one)))
  const known = Array.isArray(schema.examples) && schema.type !== 'object' ? [fc.constantFrom(...schema.examples)] : []
  switch (schema.type) {
    case 'string':
      return fc.oneof(...known, textFor(schema))
    case 'integer':
      return fc.oneof(
        ...known,
        fc.integer({ min: Number(schema.minimum ?? 0), max: Math.min(Number(schema.maximum ?? 1000), 2 ** 31 - 1) }),
      )
    case 'number':
      return fc.oneof(...known, fc.double({ min: 0.001, max: Number(schema.maximum ?? 1000), noNaN: true }))
    case 'boolean':
      return fc.boolean()
    case 'array':
      return fc.array(valueFor(description, Object(schema.items)), { maxLength: 3 })
    case 'object':
      return objectFor(description, schema)
    default:
      return fc.constantFrom(...nasty)
  }
}

function objectFor(description: Description, schema: Schema): fc.Arbitrary<unknown> {
  const properties: [string, Schema][] = Object.entries(Object(schema.properties))
  if (properties.length === 0)
    return fc.dictionary(fc.string({ minLength: 1, maxLength: 20 }), fc.string({ maxLength: 50 }), { maxKeys: 4 })
  const model = Object.fromEntries(properties.map(([name, member]) => [name, valueFor(description, member)]))
  return fc.record(model, { requiredKeys: [...Object(schema.required ?? [])] })
}

function textFor(schema: Schema): fc.Arbitrary<string> {
  const words = fc.constantFrom(
    'acme',
    'core',
    'core-one-off',
    'core_one_off',
    'Äcme',
    'ada@acme.test',
    '.acme.test',
    'usd',
    'eur',
    '2099-01-01T00:00:00Z',
    'cus_1',
    'cs_test_1',
    'tier10',
  )
  const fresh = fc.uuid().map((id) => `f-${id}`)
  return fc.oneof(words, fresh, fc.string({ maxLength: Math.min(Number(schema.maxLength ?? 40), 40), unit: 'grapheme' }))
}

export function exampleOf(description: Description, schema: Schema): unknown {
  const { examples } = resolved(description, schema)
  return Array.isArray(examples) ? examples[0] : {}
}

export function resolved(description: Description, schema: Schema): Schema {
  return typeof schema.$ref === 'string' ? Object(at(description, ...schema.$ref.split('/').slice(1))) : schema
}

/** Values that break a field's type or its stated bounds. At least five for every field. */
export function invalidFor(description: Description, unresolved: Schema): unknown[] {
  const schema = resolved(description, unresolved)
  if (Array.isArray(schema.enum)) return ['none of these', 0, [0], {}, true]
  if (Array.isArray(schema.anyOf)) return [0, [0], {}, true, 'a\u0000b']
  switch (schema.type) {
    case 'string':
      return [0, [0], {}, true, { toString: 'x' }]
    case 'integer':
      return ['5', 1.5, -1, [], {}, true, 2 ** 53 + 2]
    case 'number':
      return ['5', 0, -1, [], {}, true]
    case 'boolean':
      return ['true', 0, 1, [], {}]
    case 'array':
      return [{}, 'x', 0, true, [0]]
    default:
      return [[], 'x', 0, true, [{}]]
  }
}

function at<T>(value: unknown, ...path: string[]): T {
  return path.reduce<ReturnType<typeof Object>>((inner, key) => Object(inner)[key], value)
}
