/** What shall go wrong on the next requests that match. */
export interface Fault {
  /** `METHOD /path`, `*` for any run of characters: `POST /v1/checkout/sessions`, `GET /v1/*`, `*`. */
  route: string
  /** How many matching requests it hits; default 1. */
  count?: number
  /** Of the matching requests only this share is hit, by chance; 1 is all (the default). */
  probability?: number
  /** Wait this long before anything else. The idempotency key is already taken then. */
  delayMs?: number
  /** Answer this status; nothing is executed. */
  status?: 409 | 429 | 500 | 503
  /** With status 429: not too many requests, but two that met on one object; Stripe asks for such a one to be sent again. */
  lockTimeout?: boolean
  /**
   * With status 500: the answer stays under the request's idempotency key for 24 hours, as Stripe keeps a 500 of a request whose
   * execution had begun. Without it the fault stands for a failure before execution, and a retry with the same key goes through.
   */
  remember?: boolean
  /** Cut the connection: before handling nothing happened, after it the change was made and the client does not know. */
  cut?: 'before' | 'after'
  /** The change is made, and the answer is no JSON. */
  garbled?: boolean
  /** The change is made, and the second half of the answer comes this much later. */
  slowBodyMs?: number
}

export interface FaultPlan {
  /** @throws Error for a fault that could not fire as meant */
  add(fault: Fault): void
  /** The fault for this request, used up by one. */
  take(method: string, path: string): Fault | undefined
  /** Faults that have not fired as often as asked: a test that expects one can see that it did not happen. */
  remaining(): Fault[]
  clear(): void
}

export function createFaultPlan(): FaultPlan {
  let faults: Array<Fault & { count: number }> = []
  return {
    add(fault) {
      checkFault(fault)
      faults.push({ ...fault, count: fault.count ?? 1 })
    },
    take(method, path) {
      const fault = faults.find((entry) => matches(entry.route, `${method} ${path}`) && Math.random() < (entry.probability ?? 1))
      if (fault === undefined) return undefined
      fault.count -= 1
      faults = faults.filter((entry) => entry.count > 0)
      return fault
    },
    remaining: () => faults.map((fault) => ({ ...fault })),
    clear() {
      faults = []
    },
  }
}

const knownFields = [
  'route',
  'count',
  'probability',
  'delayMs',
  'status',
  'lockTimeout',
  'remember',
  'cut',
  'garbled',
  'slowBodyMs',
]

function checkFault(fault: Fault): void {
  const refuse = (why: string) => {
    throw new Error(`invalid fault: ${why}`)
  }
  const unknown = Object.keys(fault).find((name) => !knownFields.includes(name))
  if (unknown !== undefined) refuse(`unknown field ${unknown}`)
  const { route, count = 1, probability = 1, delayMs, status, lockTimeout, remember, cut, garbled = false, slowBodyMs } = fault
  if (typeof route !== 'string' || route === '') refuse('route is missing')
  if (!Number.isInteger(count) || count < 1) refuse('count: a whole number from 1')
  if (!(probability > 0 && probability <= 1)) refuse('probability: above 0, at most 1')
  if (delayMs !== undefined && !(delayMs >= 0)) refuse('delayMs: milliseconds')
  if (slowBodyMs !== undefined && !(slowBodyMs >= 0)) refuse('slowBodyMs: milliseconds')
  if (typeof garbled !== 'boolean') refuse('garbled: true or false')
  if (status !== undefined && ![409, 429, 500, 503].includes(status)) refuse('status: 409, 429, 500 or 503')
  if (cut !== undefined && cut !== 'before' && cut !== 'after') refuse('cut: before or after')
  if (status !== undefined && cut !== undefined) refuse('status and cut exclude each other')
  if (lockTimeout === true && status !== 429) refuse('lockTimeout: only with status 429')
  if (remember === true && status !== 500) refuse('remember: only with status 500')
  if ((garbled || slowBodyMs !== undefined) && cut !== undefined) refuse('an answer that is cut cannot be garbled or slow')
  if (delayMs === undefined && status === undefined && cut === undefined && !garbled && slowBodyMs === undefined)
    refuse('nothing would go wrong')
}

/** `*` stands for any run of characters. */
export function matches(pattern: string, text: string): boolean {
  const source = pattern.split('*').map((part) => part.replaceAll(/[.+?^${}()|[\]\\]/g, '\\$&'))
  return new RegExp(`^${source.join('.*')}$`).test(text)
}
