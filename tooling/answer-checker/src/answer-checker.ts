import { Ajv2020 } from 'ajv/dist/2020.js'
import formats from 'ajv-formats'

type Schema = Readonly<Record<string, unknown>>

/** What is read of a description in OpenAPI 3.1. */
export interface Description {
  readonly paths?: Readonly<Record<string, unknown>> | undefined
  readonly components?: unknown
}

interface Media {
  readonly schema?: Schema
  readonly examples?: Readonly<Record<string, { readonly value?: { readonly code?: unknown } }>>
}

interface Operation {
  readonly operationId?: string
  readonly responses: Readonly<Record<string, { readonly content?: Readonly<Record<string, Media>> }>>
}

/** Statuses that any operation may answer: they are the transport's, not the route's. */
const EVERYWHERE = new Set([404, 405, 413, 415, 429])
/** The description does not describe itself. */
const REFERENCE = /^\/authlance\/license\/(?:openapi\.json|docs(?:\/.*)?)$/

/** Compiles a schema of the description. @returns a function that says what is wrong with a value, `undefined` when nothing is */
export function schemaChecker({ components }: Description): (schema: Schema, value: unknown) => string | undefined {
  const ajv = new Ajv2020({ strict: false, allErrors: true })
  formats.default(ajv)
  ajv.addSchema({ $id: 'api', components })
  const compiled = new Map<string, ReturnType<typeof ajv.compile>>()
  return (schema, value) => {
    // References into the document become references into the schema that holds its components.
    const text = JSON.stringify(schema).replaceAll('"#/components/', '"api#/components/')
    const validate = compiled.get(text) ?? ajv.compile(JSON.parse(text))
    compiled.set(text, validate)
    return validate(value) ? undefined : ajv.errorsText(validate.errors)
  }
}

/**
 * Holds answers against the description of an API: status, content type and body; of a refusal also that its code is among the examples.
 *
 * @returns a function that throws an Error naming the operation and what is wrong with its answer
 */
export function answerChecker(description: Description): (method: string, path: string, answer: Response) => Promise<void> {
  const complaint = schemaChecker(description)
  const routes = Object.entries(description.paths ?? {}).map(([path, operations]) => ({
    pattern: new RegExp(`^${path.replaceAll('.', '\\.').replaceAll(/\{\w+\}/g, '[^/]+')}$`),
    // A route without parameters wins over one with: `products` is no license id.
    exact: !path.includes('{'),
    operations: new Map<string, Operation>(Object.entries(Object(operations))),
  }))
  return async (method, path, answer) => {
    const { pathname } = new URL(path, 'http://localhost')
    if (REFERENCE.test(pathname)) return
    const matching = routes.filter(({ pattern }) => pattern.test(pathname))
    const operation = (matching.find(({ exact }) => exact) ?? matching[0])?.operations.get(method.toLowerCase())
    if (operation === undefined) return
    const where = `${operation.operationId} answered ${answer.status}`
    const described = operation.responses[String(answer.status)]
    if (described === undefined) {
      if (EVERYWHERE.has(answer.status)) return
      throw new Error(`${where}, which its description does not have`)
    }
    if (described.content === undefined) return
    const type = answer.headers.get('content-type')?.split(';')[0] ?? ''
    const media = described.content[type]
    if (media === undefined) throw new Error(`${where} with ${type}, which its description does not have`)
    if (type !== 'application/json' || media.schema === undefined) return
    const body = await answer.clone().json()
    const wrong = complaint(media.schema, body)
    if (wrong !== undefined) throw new Error(`${where} with a body outside its schema: ${wrong}`)
    if (!isShown(media, Object(body).code))
      throw new Error(`${where} with the code ${Object(body).code}, of which its description has no example`)
  }
}

/** Whether one of the refusals that a description shows has this code; where none is shown any code will do. */
function isShown({ examples }: Media, code: unknown): boolean {
  const shown = Object.values(examples ?? {}).map(({ value }) => value?.code)
  return code === undefined || shown.length === 0 || shown.includes(code)
}
