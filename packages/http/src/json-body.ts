import { DomainError } from '@licenseoperator/domain'
import type { Context, MiddlewareHandler } from 'hono'
import { hasHandler } from './access-log.ts'
import type { HttpEnv } from './http-env.ts'

/** Largest webhook, bytes (contract 1.23). */
export const MAX_WEBHOOK_BYTES = 1024 * 1024
/** Largest JSON body, bytes, unless a route says otherwise: the longest order is a tenth of it, and parsing takes its time. */
export const MAX_JSON_BYTES = 64 * 1024
/** Read and thrown away of a body that is too large: who is cut off while sending may lose the answer that says why. */
const MAX_DISCARDED_BYTES = 2 * 1024 * 1024
/** Deepest nesting of what clients send; of a license it is half of that (signing). */
const MAX_DEPTH = 32
const withBody = new Set(['POST', 'PUT', 'PATCH'])

/**
 * Reads the body of POST, PUT and PATCH as one strict JSON object; `c.req.json()` and the validators get the result. Unknown paths
 * and methods pass, so that they end in 404 and 405. On a route put it after `requireCaller`: who may not ask is told so first.
 *
 * An object member that is `null` is left out, because `null` equals absent (contract 1.1).
 *
 * @throws DomainError `unsupported_media_type` for another content type or any `Content-Encoding`; `payload_too_large` over `maxBytes`,
 *   chunked or not; `invalid_payload` for an empty body, a byte order mark, invalid UTF-8, malformed JSON, no object, too deep nesting
 */
export function jsonBodyLimits({ maxBytes = MAX_JSON_BYTES }: { maxBytes?: number } = {}): MiddlewareHandler<HttpEnv> {
  return async (c, next) => {
    if (withBody.has(c.req.method) && hasHandler(c)) {
      const type = c.req.header('content-type')
      const encoding = c.req.header('content-encoding')
      const readable = (type === undefined || isJson(type)) && (encoding === undefined || encoding.toLowerCase() === 'identity')
      if (!readable) throw unsupported()
      const bytes = await readBody(c, maxBytes)
      if (type === undefined && bytes.length > 0) throw unsupported()
      const source = decode(c, bytes)
      const body = parseObject(c, source)
      c.req.text = async () => source
      c.req.json = async <T>() => body as T // what hono declares: the caller names the type, a schema checks it
    }
    await next()
  }
}

/**
 * The raw body, at most `maxBytes`. For routes that need the exact bytes, like the webhook.
 *
 * @throws DomainError `payload_too_large`, also for chunked bodies; `invalid_payload` when the client breaks off
 */
export async function readBody(c: Context<HttpEnv>, maxBytes: number = MAX_WEBHOOK_BYTES): Promise<Uint8Array> {
  const declared = c.req.header('content-length')
  if (declared !== undefined && Number(declared) > maxBytes) throw tooLarge()
  try {
    // Node holds the client to a declared length, and this way of reading skips the web stream.
    const exact = declared !== undefined && c.req.header('transfer-encoding') === undefined
    const bytes = exact ? new Uint8Array(await c.req.raw.arrayBuffer()) : await readStream(c.req.raw.body, maxBytes)
    if (bytes.length > maxBytes) throw tooLarge()
    return bytes
  } catch (error) {
    throw error instanceof DomainError ? error : invalid(c, 'body ended early')
  }
}

/** True for `application/json`, in UTF-8 if it names a character set. */
export function isJson(contentType: string): boolean {
  const [type = '', ...parameters] = contentType.toLowerCase().split(';')
  const charset = parameters.map((parameter) => parameter.trim()).find((parameter) => parameter.startsWith('charset='))
  return type.trim() === 'application/json' && (charset === undefined || /^charset="?utf-8"?$/.test(charset))
}

async function readStream(stream: ReadableStream<Uint8Array> | null, maxBytes: number): Promise<Uint8Array> {
  if (stream === null) return new Uint8Array()
  const chunks: Uint8Array[] = []
  let size = 0
  for await (const chunk of stream) {
    size += chunk.length
    if (size <= maxBytes) chunks.push(chunk)
    else chunks.length = 0
    if (size > maxBytes + MAX_DISCARDED_BYTES) break
  }
  if (size > maxBytes) throw tooLarge()
  return Buffer.concat(chunks)
}

function decode(c: Context<HttpEnv>, bytes: Uint8Array): string {
  if (bytes.length === 0) throw invalid(c, 'body is empty')
  if (bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf) throw invalid(c, 'body starts with a byte order mark')
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch {
    throw invalid(c, 'body is not UTF-8')
  }
}

function parseObject(c: Context<HttpEnv>, source: string): unknown {
  if (isTooDeep(source)) throw invalid(c, 'body is nested too deeply')
  const value = parse(c, source)
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw invalid(c, 'body must be a JSON object')
  return value
}

function parse(c: Context<HttpEnv>, source: string): unknown {
  try {
    return source.includes('null') ? JSON.parse(source, withoutNull) : JSON.parse(source)
  } catch {
    throw invalid(c, 'malformed JSON')
  }
}

function withoutNull(this: unknown, _key: string, value: unknown): unknown {
  return value === null && !Array.isArray(this) ? undefined : value
}

/** Counts brackets outside strings before anything parses: whoever walks the value later may recurse. */
function isTooDeep(source: string): boolean {
  let depth = 0
  let quoted = false
  for (let i = 0; i < source.length; i++) {
    const char = source[i]
    if (quoted) {
      if (char === '\\') i++
      else if (char === '"') quoted = false
    } else if (char === '"') quoted = true
    else if (char === '{' || char === '[') {
      if (++depth > MAX_DEPTH) return true
    } else if (char === '}' || char === ']') depth--
  }
  return false
}

function unsupported(): DomainError {
  return new DomainError('unsupported_media_type', 'unsupported media type: send application/json without content encoding')
}

function tooLarge(): DomainError {
  return new DomainError('payload_too_large', 'payload too large')
}

function invalid(c: Context<HttpEnv>, reason: string): DomainError {
  return new DomainError('invalid_payload', `${c.get('invalidText') ?? 'invalid payload'}: ${reason}`)
}
