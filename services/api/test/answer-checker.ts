import type { OpenAPIHono } from '@hono/zod-openapi'
import type { HttpEnv } from '@licenseoperator/http'
import { Ajv2020 } from 'ajv/dist/2020.js'
import formats from 'ajv-formats'
import { describeApi } from '../src/index.ts'

type Schema = Record<string, unknown>
interface Media {
  readonly schema?: Schema
}
interface Operation {
  readonly operationId?: string
  readonly responses: Readonly<Record<string, { readonly content?: Readonly<Record<string, Media>> }>>
}

/** The description does not describe itself. */
const REFERENCE = /^\/authlance\/license\/(?:openapi\.json|docs(?:\/.*)?)$/
/** Statuses that any operation may answer: they are the transport's, not the route's. */
const EVERYWHERE = new Set([404, 405, 413, 415, 429])

/**
 * Holds answers against the description of the API: status, content type and body.
 *
 * @returns a function that throws an Error naming the operation and what is wrong with its answer
 */
export function answerChecker(app: OpenAPIHono<HttpEnv>): (method: string, path: string, answer: Response) => Promise<void> {
  const { paths = {}, components } = describeApi(app)
  const ajv = new Ajv2020({ strict: false, allErrors: true })
  formats.default(ajv)
  ajv.addSchema({ $id: 'api', components })
  const routes = Object.entries(paths).map(([path, operations]) => ({
    pattern: new RegExp(`^${path.replaceAll(/[.]/g, '\\.').replaceAll(/\{\w+\}/g, '[^/]+')}$`),
    // A route without parameters wins over one with: `products` is no license id.
    exact: !path.includes('{'),
    operations: new Map(Object.entries(operations ?? {}).map(([method, operation]) => [method, operation as Operation])),
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
    const type = answer.headers.get('content-type')?.split(';')[0] ?? ''
    if (described.content === undefined) return
    const media = described.content[type]
    if (media === undefined) throw new Error(`${where} with ${type}, which its description does not have`)
    if (type !== 'application/json' || media.schema === undefined) return
    const validate = ajv.compile(pointingInto(media.schema))
    if (validate(await answer.clone().json())) return
    throw new Error(`${where} with a body outside its schema: ${ajv.errorsText(validate.errors)}`)
  }
}

/** References of the document made references into the schema that holds its components. */
function pointingInto(schema: Schema): Schema {
  return JSON.parse(JSON.stringify(schema).replaceAll('"#/components/', '"api#/components/'))
}
