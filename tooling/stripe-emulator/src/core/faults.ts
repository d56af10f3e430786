/** What shall go wrong on the next requests that match. */
export interface Fault {
  /** `METHOD /path`, `*` for any run of characters: `POST /v1/checkout/sessions`, `GET /v1/*`, `*`. */
  route: string
  /** How many matching requests it hits; default 1. */
  count?: number
  /** Wait this long before anything else. The idempotency key is already taken then. */
  delayMs?: number
  /** Answer this status. Nothing is executed, unless `after` is set. */
  status?: 409 | 429 | 500 | 503
  /** Cut the connection: before handling nothing happened, after it the change was made and the client does not know. */
  cut?: 'before' | 'after'
}

export interface FaultPlan {
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
      faults.push({ ...fault, count: fault.count ?? 1 })
    },
    take(method, path) {
      const fault = faults.find((entry) => matches(entry.route, `${method} ${path}`))
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

/** `*` stands for any run of characters. */
export function matches(pattern: string, text: string): boolean {
  const source = pattern.split('*').map((part) => part.replaceAll(/[.+?^${}()|[\]\\]/g, '\\$&'))
  return new RegExp(`^${source.join('.*')}$`).test(text)
}
