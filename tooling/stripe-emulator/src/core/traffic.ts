import { appendFileSync } from 'node:fs'
import type { JsonObject } from './wire.ts'

/** One API request and its answer. Never the API key: `Authorization` is not among the headers kept. */
export interface RecordedRequest {
  method: string
  path: string
  headers: Record<string, string>
  /** The form as sent: the body of a POST, the query string of a GET or DELETE. */
  body: string
  /** `null` when the connection was cut. */
  status: number | null
  response: JsonObject | null
}

export interface TrafficLog {
  record(entry: RecordedRequest): void
  recordEvent(event: object): void
  recent(): RecordedRequest[]
  clear(): void
}

const keptHeaders = ['stripe-version', 'idempotency-key', 'user-agent', 'content-type'] as const
const keptRequests = 5000

/** @param recordFile  JSON lines are appended here: `{method, path, headers, body, status, response}` and `{event}` */
export function createTrafficLog(recordFile: string | undefined): TrafficLog {
  let requests: RecordedRequest[] = []
  // Synchronous on purpose: a line is on disk before the answer leaves, so a killed emulator loses nothing.
  const append = (line: object) =>
    recordFile !== undefined && recordFile !== '' && appendFileSync(recordFile, `${JSON.stringify(line)}\n`)
  return {
    record(entry) {
      requests.push(entry)
      if (requests.length > keptRequests) requests = requests.slice(-keptRequests)
      append({ ...entry, response: withoutSecret(entry.response) })
    },
    recordEvent: (event) => void append({ event }),
    recent: () => [...requests],
    clear() {
      requests = []
    },
  }
}

/** A record outlives the emulator and may be shared: the signing secret of a new endpoint does not belong in it. */
function withoutSecret(response: JsonObject | null): JsonObject | null {
  return response !== null && typeof response.secret === 'string' ? { ...response, secret: '[secret]' } : response
}

export function headersToKeep(headers: Headers): Record<string, string> {
  const kept: Record<string, string> = {}
  for (const name of keptHeaders) {
    const value = headers.get(name)
    if (value !== null) kept[name] = value
  }
  return kept
}
