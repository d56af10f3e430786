import { describeApi } from '../src/index.ts'
import type { AnApi } from './an-api.ts'

export interface DescribedRefusal {
  readonly status: number
  readonly name: string
  readonly body: Readonly<Record<string, unknown>>
}

/** An operation with the request that its description gives as an example, and the refusals that it shows. */
export interface DescribedRequest {
  readonly operationId: string
  readonly method: string
  readonly route: string
  readonly parameters: Readonly<Record<string, { readonly in: string; readonly value: string | undefined }>>
  readonly body: Readonly<Record<string, unknown>> | undefined
  readonly refusals: readonly DescribedRefusal[]
  readonly successes: readonly number[]
}

const at = (value: unknown, ...path: (string | number)[]): unknown =>
  path.reduce<unknown>((inner, key) => Object(inner)[key], value)
const entries = (value: unknown): [string, unknown][] => Object.entries(Object(value))

/** What the description of an API says can be asked of it. */
export function describedRequests(app: AnApi['app']): DescribedRequest[] {
  const document = JSON.parse(JSON.stringify(describeApi(app)))
  return entries(document.paths).flatMap(([route, methods]) =>
    entries(methods).map(([method, operation]): DescribedRequest => {
      const parameters: unknown = at(operation, 'parameters')
      const responses = entries(at(operation, 'responses'))
      return {
        operationId: String(at(operation, 'operationId')),
        method: method.toUpperCase(),
        route,
        parameters: Object.fromEntries(
          (Array.isArray(parameters) ? parameters : []).map((one) => [one.name, { in: one.in, value: one.example }]),
        ),
        body: exampleBody(document, operation),
        refusals: responses.flatMap(([status, response]) =>
          entries(at(response, 'content', 'application/json', 'examples')).map(([name, example]) => ({
            status: Number(status),
            name,
            body: Object(at(example, 'value')),
          })),
        ),
        successes: responses.map(([status]) => Number(status)).filter((status) => status < 300),
      }
    }),
  )
}

/** The path of a described request, with other values for parameters than the described ones where given. */
export function pathOf({ route, parameters }: DescribedRequest, others: Readonly<Record<string, string>> = {}): string {
  const value = (name: string) => others[name] ?? parameters[name]?.value
  const path = route.replaceAll(/\{(\w+)\}/g, (_, name: string) => encodeURIComponent(value(name) ?? ''))
  const query = Object.keys(parameters)
    .filter((name) => parameters[name]?.in === 'query' && value(name) !== undefined)
    .map((name) => `${name}=${encodeURIComponent(value(name) ?? '')}`)
  return query.length === 0 ? path : `${path}?${query.join('&')}`
}

function exampleBody(document: unknown, operation: unknown): Readonly<Record<string, unknown>> | undefined {
  const media = at(operation, 'requestBody', 'content', 'application/json')
  if (media === undefined) return undefined
  const reference = String(at(media, 'schema', '$ref'))
    .split('/')
    .slice(1)
  return Object(at(media, 'example') ?? at(document, ...reference, 'examples', 0))
}
