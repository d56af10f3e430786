import type { OpenAPIHono } from '@hono/zod-openapi'
import { codeSamples } from './code-samples.ts'
import type { OperationNote } from './operation-note.ts'
import { operationNotes } from './operation-notes.ts'
import { refusalBody, refusalsWith } from './refusal-examples.ts'

const methods = ['get', 'post', 'put', 'delete'] as const
type Json = Readonly<Record<string, unknown>>
type Document = ReturnType<OpenAPIHono['getOpenAPI31Document']>
type Operation = NonNullable<NonNullable<Document['paths']>[string]['get']>

/**
 * Adds what the routes do not say to a generated description: for each operation its description, values for its parameters, an example of
 * every refusal, and code samples. What the routes say stays as it is.
 *
 * @param baseUrl  what samples ask
 */
export function describeOperations(document: Document, baseUrl: string): void {
  for (const [path, item] of Object.entries(document.paths ?? {})) {
    for (const method of methods) {
      const operation = item[method]
      const note = operationNotes[operation?.operationId ?? '']
      if (operation === undefined || note === undefined) continue
      operation.description = `${note.description}\n\n${whoMay(note)}`
      addParameterValues(operation, note)
      addBody(operation, note)
      addRefusals(operation, note)
      const request = {
        method: method.toUpperCase(),
        url: `${baseUrl}${filledIn(path, operation, note)}`,
        body: note.body ?? exampleBody(document, operation),
        token: tokenOf(note),
        answers: answersOf(operation),
      }
      operation['x-codeSamples'] = codeSamples(request)
    }
  }
}

function whoMay({ caller, scope }: OperationNote): string {
  const who = {
    anyone: 'Public: tokens are ignored.',
    'signed in': 'For everybody with a valid token.',
    member: 'For members of the group, and for system administrators.',
    sysadmin: 'For system administrators.',
  }[caller]
  return scope === undefined ? `**${who}**` : `**${who}** A narrowed token must name the scope \`${scope}\`.`
}

function tokenOf({ caller }: OperationNote): 'TOKEN' | 'ADMIN_TOKEN' | undefined {
  if (caller === 'anyone') return undefined
  return caller === 'sysadmin' ? 'ADMIN_TOKEN' : 'TOKEN'
}

function addParameterValues({ parameters = [] }: Operation, note: OperationNote): void {
  for (const parameter of parameters) {
    if (!('name' in parameter)) continue
    const value = note.parameters?.[parameter.name]
    if (value !== undefined) parameter.example = value
  }
}

function addBody({ requestBody }: Operation, { body }: OperationNote): void {
  const media = requestBody !== undefined && 'content' in requestBody ? requestBody.content['application/json'] : undefined
  if (media !== undefined && body !== undefined) media.example = body
}

function addRefusals({ responses = {} }: Operation, note: OperationNote): void {
  for (const [status, response] of Object.entries(responses)) {
    const media = Number(status) < 400 ? undefined : response.content?.['application/json']
    if (media === undefined) continue
    const refusals = refusalsWith(Number(status), note)
    const codes = [...new Set(refusals.map(([, { code }]) => `\`${code}\``))]
    // The routes name every code of a status; this operation has these.
    if (refusals.length > 0) response.description = `${String(response.description).split(':')[0]}: ${codes.join(', ')}`
    media.examples = Object.fromEntries(
      refusals.map(([name, refusal]) => [name, { summary: refusal.when, value: refusalBody(refusal) }]),
    )
  }
}

function filledIn(path: string, { parameters = [] }: Operation, note: OperationNote): string {
  const values = note.parameters ?? {}
  const filled = path.replaceAll(/\{(\w+)\}/g, (_, name: string) => encodeURIComponent(values[name] ?? name))
  const query = new URLSearchParams()
  for (const parameter of parameters) {
    if (!('name' in parameter) || parameter.in !== 'query') continue
    const value = values[parameter.name]
    if (value !== undefined) query.set(parameter.name, value)
  }
  return query.size === 0 ? filled : `${filled}?${query}`
}

/** The one example of the body's schema; a test demands that there is one. */
function exampleBody(document: Document, { requestBody }: Operation): unknown {
  if (requestBody === undefined || !('content' in requestBody)) return undefined
  const schema = requestBody.content['application/json']?.schema
  if (schema === undefined) return undefined
  const named = '$ref' in schema ? document.components?.schemas?.[schema.$ref.split('/').at(-1) ?? ''] : schema
  const examples: unknown = Object(named).examples
  return Array.isArray(examples) ? examples[0] : undefined
}

function answersOf({ responses = {} }: Operation): 'json' | 'text' | 'nothing' {
  const good: Json | undefined = (responses[200] ?? responses[201])?.content
  if (good === undefined) return 'nothing'
  return 'application/json' in good && !('text/plain' in good) ? 'json' : 'text'
}
