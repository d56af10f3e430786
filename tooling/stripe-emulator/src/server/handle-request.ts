import { setTimeout as sleep } from 'node:timers/promises'
import type { HttpBindings } from '@hono/node-server'
import { RESPONSE_ALREADY_SENT } from '@hono/node-server/utils/response'
import type { Context } from 'hono'
import { onItsClock } from '../billing/test-clock.ts'
import { pinnedVersion } from '../core/api-version.ts'
import { authenticate, checkPermission } from '../core/authenticate.ts'
import type { Emulation } from '../core/emulation.ts'
import type { Fault } from '../core/faults.ts'
import { decodeForm } from '../core/form.ts'
import { fingerprintOf, type SavedAnswer } from '../core/idempotency.ts'
import { readParameters } from '../core/parameters.ts'
import { type ErrorFields, invalidRequest, StripeError } from '../core/stripe-error.ts'
import { headersToKeep } from '../core/traffic.ts'
import { type JsonObject, toJson } from '../core/wire.ts'
import { findRoute } from '../resources/routes.ts'
import { expand } from './expand.ts'

type ApiContext = Context<{ Bindings: HttpBindings }>

interface Answer extends SavedAnswer {
  replayed?: boolean
  /** The connection is cut instead of answering. */
  cut?: boolean
  /** What of the answer goes wrong on its way; the record and the idempotency key keep it whole. */
  onItsWay?: Pick<Fault, 'garbled' | 'slowBodyMs'>
  /** Further headers. */
  headers?: Record<string, string>
}

/** One API request from bytes to bytes: auth, parameters, idempotency, faults, the resource, `expand`, the record of it all. */
export async function handleRequest(emulation: Emulation, context: ApiContext): Promise<Response> {
  const { req } = context
  const requestId = emulation.ids.next('req_', 14)
  const url = new URL(req.url)
  const form = req.method === 'POST' ? await req.text() : url.search.slice(1)
  const key = req.method === 'POST' ? req.header('idempotency-key') : undefined
  const answer = await answerRequest(emulation, context, url.pathname, form, key, requestId)
  emulation.traffic.record({
    method: req.method,
    path: url.pathname,
    headers: headersToKeep(req.raw.headers),
    body: form,
    status: answer.cut === true ? null : answer.status,
    response: answer.cut === true ? null : JSON.parse(answer.body),
  })
  if (answer.cut === true) {
    context.env.outgoing.destroy()
    return RESPONSE_ALREADY_SENT
  }
  return new Response(bodyOnItsWay(answer), {
    status: answer.status,
    headers: {
      'content-type': 'application/json',
      'request-id': requestId,
      'stripe-version': req.header('stripe-version') ?? pinnedVersion,
      ...(key === undefined ? {} : { 'idempotency-key': key }),
      ...answer.headers,
      ...(answer.replayed === true ? { 'idempotent-replayed': 'true', 'original-request': answer.requestId } : {}),
    },
  })
}

async function answerRequest(
  emulation: Emulation,
  { req }: ApiContext,
  path: string,
  form: string,
  key: string | undefined,
  requestId: string,
): Promise<Answer> {
  let claimed: string | undefined
  try {
    const apiKey = authenticate(req.header('authorization'), emulation.apiKeys)
    checkVersion(req.header('stripe-version'))
    const route = findRoute(req.method, path)
    if (route === undefined) {
      const message = `Unrecognized request URL (${req.method}: ${path}). Please see https://stripe.com/docs or we can help at https://support.stripe.com/.`
      throw new StripeError(404, { type: 'invalid_request_error', message }, false)
    }
    checkPermission(apiKey, route.key, emulation.settings.current.account.restrictedKeys)
    const limit = emulation.rateLimit.take(route.key)
    if (limit !== null) {
      const body = JSON.stringify(rateLimited().body(requestId), null, 2)
      return { status: 429, body, requestId, headers: { 'stripe-rate-limited-reason': limit } }
    }
    const params = readParameters(route.key, decodeForm(form))
    if (key !== undefined) {
      const saved = emulation.idempotency.claim(key, fingerprintOf(req.method, path, form))
      if (saved !== undefined) return { ...saved, replayed: true }
      claimed = key
    }
    const fault = emulation.faults.take(req.method, path)
    if (fault?.delayMs !== undefined) await sleep(fault.delayMs)
    const broken = faultAnswer(fault, requestId)
    if (broken !== undefined) {
      if (claimed !== undefined && fault?.remember === true) emulation.idempotency.save(claimed, broken)
      else if (claimed !== undefined) emulation.idempotency.release(claimed)
      return broken
    }
    const cause = { id: requestId, idempotency_key: key ?? null }
    const result = onItsClock(emulation, customerOr(route.id, params), () =>
      route.handle({ emulation, params, id: route.id, innerId: route.innerId, cause }),
    )
    const answer = { status: 200, body: render(emulation, result, params.expand), requestId }
    if (claimed !== undefined) emulation.idempotency.save(claimed, answer)
    return { ...answer, ...(fault?.cut === 'after' ? { cut: true } : {}), ...(fault === undefined ? {} : { onItsWay: fault }) }
  } catch (error) {
    const refusal = error instanceof StripeError ? error : internalError(error)
    const answer = { status: refusal.status, body: JSON.stringify(refusal.body(requestId), null, 2), requestId }
    if (claimed !== undefined && refusal.saved) emulation.idempotency.save(claimed, answer)
    else if (claimed !== undefined) emulation.idempotency.release(claimed)
    return answer
  }
}

/** What decides whose time it is: the object of the path, else the customer, charge or payment intent that is named. */
function customerOr(id: string, { customer, charge, payment_intent: intent }: JsonObject): string {
  return [id, customer, charge, intent].find((one): one is string => typeof one === 'string' && one !== '') ?? ''
}

/** What a fault answers instead of handling the request; `undefined` when it is to be handled. */
function faultAnswer(fault: Fault | undefined, requestId: string): Answer | undefined {
  if (fault?.cut === 'before') return { status: 0, body: '{}', requestId, cut: true }
  if (fault?.status === undefined) return undefined
  const kinds = {
    409: {
      type: 'invalid_request_error',
      code: 'idempotency_key_in_use',
      message: 'Another request with this key is under way.',
    },
    429: rateLimited().fields,
    500: { type: 'api_error', message: 'An unexpected error occurred (asked for by a fault of the emulator).' },
    503: { type: 'api_error', message: 'Service unavailable (asked for by a fault of the emulator).' },
  } satisfies Record<number, ErrorFields>
  const { status, lockTimeout } = fault
  const answer = (fields: ErrorFields) => JSON.stringify(new StripeError(status, fields).body(requestId), null, 2)
  if (lockTimeout !== true) return { status, body: answer(kinds[status]), requestId }
  return { status, body: answer(lockTimedOut), requestId, headers: { 'stripe-should-retry': 'true' } }
}

const lockTimedOut: ErrorFields = {
  type: 'invalid_request_error',
  code: 'lock_timeout',
  message: 'This object cannot be accessed right now because another API request is currently accessing it.',
}

function rateLimited(): StripeError {
  const message = 'Too many requests hit the API too quickly.'
  return new StripeError(429, { type: 'invalid_request_error', code: 'rate_limit', message }, false)
}

function bodyOnItsWay({ body, onItsWay }: Answer): string | ReadableStream<Uint8Array> {
  if (onItsWay?.garbled === true) return `<html>${body.slice(0, 40)}`
  const waitMs = onItsWay?.slowBodyMs
  if (waitMs === undefined) return body
  const bytes = new TextEncoder().encode(body)
  const half = Math.floor(bytes.length / 2)
  return new ReadableStream({
    async start(controller) {
      controller.enqueue(bytes.subarray(0, half))
      await sleep(waitMs)
      controller.enqueue(bytes.subarray(half))
      controller.close()
    },
  })
}

function render(emulation: Emulation, result: object, paths: unknown): string {
  const list = Array.isArray(paths) ? paths.map(String) : []
  return toJson(emulation.settings.current, expand(emulation.store, result, list))
}

function checkVersion(version: string | undefined): void {
  if (version !== undefined && version !== pinnedVersion) {
    throw invalidRequest(`Invalid Stripe API version: ${version}. The emulator answers in ${pinnedVersion} only.`)
  }
}

function internalError(error: unknown): StripeError {
  // A bug of the emulator: loud on its console, since its users debug their own program with it.
  console.error(error)
  return new StripeError(500, {
    type: 'api_error',
    message: `The emulator failed: ${error instanceof Error ? error.message : String(error)}`,
  })
}
