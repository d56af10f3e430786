import { answerChecker } from '@licenseoperator/answer-checker'
import { type Environment, startEnvironment } from '@licenseoperator/demo'
import { errorCodes } from '@licenseoperator/domain'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import {
  type Description,
  exampleOf,
  type FuzzRequest,
  invalidFor,
  type Operation,
  operationsOf,
  requestFor,
  resolved,
  type Schema,
} from './requests.ts'

const REQUESTS = Number(process.env.LICENSEOPERATOR_FUZZ_REQUESTS ?? 10_000)
const SEED = Number(process.env.LICENSEOPERATOR_FUZZ_SEED ?? Date.now() % 2 ** 31)
const AT_ONCE = 8
/** Clients give up after this; whatever takes longer hangs for them. */
const PATIENCE_MS = 10_000

let environment: Environment
let description: Description
let operations: Operation[]
let check: ReturnType<typeof answerChecker>

beforeAll(async () => {
  process.stdout.write(`fuzz: LICENSEOPERATOR_FUZZ_SEED=${SEED} LICENSEOPERATOR_FUZZ_REQUESTS=${REQUESTS}\n`)
  environment = await startEnvironment(() => undefined)
  description = await (await fetch(`${environment.apiUrl}/authlance/license/openapi.json`)).json()
  operations = operationsOf(description)
  check = answerChecker(description)
}, 240_000)
afterAll(() => environment.stop())

/** Sends it and holds the answer against the description. @throws Error with seed, request and answer when it is not one that may come */
async function send(request: FuzzRequest, token: string | undefined): Promise<{ status: number; text: string }> {
  const { method, path, body } = request
  const about = `seed ${SEED}: ${method} ${path.slice(0, 300)} ${body?.slice(0, 500) ?? ''}`
  const answer = await fetch(`${environment.apiUrl}${path}`, {
    method,
    headers: { 'content-type': 'application/json', ...(token === undefined ? {} : { authorization: `Bearer ${token}` }) },
    ...(body === undefined ? {} : { body }),
    signal: AbortSignal.timeout(PATIENCE_MS),
  }).catch((error: unknown) => {
    throw new Error(`${about}\nno answer: ${String(error)}`)
  })
  const copy = answer.clone()
  const text = await answer.text()
  const explain = (problem: string) => new Error(`${about}\nanswer ${answer.status} ${text.slice(0, 500)}\n${problem}`)
  if (answer.status >= 500) throw explain('a server error')
  await check(method, path, copy).catch((error: unknown) => {
    throw explain(error instanceof Error ? error.message : 'not as described')
  })
  if (answer.status >= 400) {
    const { error, code, requestId } = JSON.parse(text)
    if (typeof error !== 'string' || !errorCodes.includes(code) || typeof requestId !== 'string')
      throw explain('not the shape of errors')
  }
  return { status: answer.status, text }
}

test(`${REQUESTS} requests over every operation: no server error, no hang, no answer outside its schema`, async () => {
  const perOperation = Math.ceil(REQUESTS / operations.length)
  const { adminToken, memberToken } = environment
  const callers = [adminToken, adminToken, adminToken, memberToken, memberToken, adminToken, adminToken, undefined]
  const all = operations.flatMap((operation, index) =>
    fc
      .sample(requestFor(description, operation), { numRuns: perOperation, seed: SEED + index })
      .map((request) => ({ operation, request })),
  )
  const tally = new Map<string, Map<number, number>>()
  const queue = all.entries()
  await Promise.all(
    Array.from({ length: AT_ONCE }, async () => {
      for (const [index, { operation, request }] of queue) {
        const { status } = await send(request, callers[index % callers.length])
        const counts = tally.get(operation.operationId) ?? new Map<number, number>()
        tally.set(operation.operationId, counts.set(status, (counts.get(status) ?? 0) + 1))
      }
    }),
  )
  for (const [operationId, counts] of tally) {
    const statuses = [...counts].toSorted(([a], [b]) => a - b).map(([status, count]) => `${count} × ${status}`)
    process.stdout.write(`fuzz: ${operationId.padEnd(26)} ${statuses.join(', ')}\n`)
  }
  // A run in which nothing ever succeeded would have tested the front door only.
  const succeeded = [...tally]
    .filter(([, counts]) => [...counts.keys()].some((status) => status < 300))
    .map(([operationId]) => operationId)
  expect(succeeded.length).toBeGreaterThan(operations.length / 2)
  expect((await fetch(`${environment.apiUrl}/readyz`)).status).toBe(200)
}, 600_000)

describe('every field of every body', () => {
  test('at least five invalid values each: refused, and the refusal names the field', async () => {
    let sent = 0
    for (const operation of operations) {
      if (operation.body === undefined) continue
      const example = Object(exampleOf(description, operation.body))
      const fields: [string, Schema][] = Object.entries(Object(resolved(description, operation.body).properties))
      for (const [field, schema] of fields) {
        const invalid = invalidFor(description, schema).filter((value) => isInvalid(field, schema, value))
        expect(invalid.length, `${operation.operationId} ${field}`).toBeGreaterThanOrEqual(5)
        for (const value of invalid) {
          // Whatever the path names need not exist: the body is judged first.
          const path = operation.path.replaceAll('{couponId}', '1').replaceAll(/\{\w+\}/g, 'core')
          const body = JSON.stringify({ ...example, [field]: value })
          const { status, text } = await send({ method: operation.method, path, body }, environment.adminToken)
          const about = `${operation.operationId} ${field} ${JSON.stringify(value)?.slice(0, 60)}`
          expect({ about, status, ...JSON.parse(text.startsWith('{') ? text : '{}') }).toMatchObject({
            about,
            status: 400,
            code: 'invalid_payload',
            field: expect.stringMatching(new RegExp(`^${field}(?:[.[]|$)`)),
          })
          sent += 1
        }
      }
    }
    process.stdout.write(`fuzz: ${sent} bodies with one invalid field\n`)
    expect(sent).toBeGreaterThan(300)
  }, 300_000)
})

/** `signature` is accepted and ignored, but still text; a limit's bounds leave 0 to mean none. */
function isInvalid(_field: string, schema: Schema, value: unknown): boolean {
  return !(
    typeof value === 'number' &&
    Number.isInteger(value) &&
    value >= Number(schema.minimum ?? 1) &&
    value <= Number(schema.maximum ?? 0)
  )
}
