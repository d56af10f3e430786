import type { EmulatorControl } from './control-api.ts'

/**
 * A client of a running emulator's control API.
 *
 * @param url    `http://127.0.0.1:PORT`, as the emulator printed it
 * @param token  its control token
 * @throws Error (from every method) with the emulator's message when it refuses
 */
export function createControlClient(url: string, token: string): EmulatorControl {
  async function call<T>(method: 'GET' | 'POST' | 'DELETE', path: string, body?: object): Promise<T> {
    const response = await fetch(new URL(`/_emulator/${path}`, url), {
      method,
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    })
    const answer = JSON.parse(await response.text())
    if (!response.ok) throw new Error(`stripe emulator: ${answer.error}`)
    return answer
  }
  return {
    completeCheckout: (sessionId, input = {}) => call('POST', `checkout/${sessionId}/complete`, input),
    failCheckout: (sessionId, input = {}) => call('POST', `checkout/${sessionId}/fail`, input),
    expireCheckout: (sessionId) => call('POST', `checkout/${sessionId}/expire`),
    settleDebit: (sessionId, outcome) => call('POST', `checkout/${sessionId}/async`, { outcome }),
    renew: async (subscriptionId) => {
      const { invoice } = await call<{ invoice: Awaited<ReturnType<EmulatorControl['renew']>> }>(
        'POST',
        `subscriptions/${subscriptionId}/renew`,
      )
      return invoice
    },
    refund: (charge, options = {}) => call('POST', `charges/${charge}/refund`, options),
    failRefund: (refundId) => call('POST', `refunds/${refundId}/fail`),
    completeRefund: (refundId) => call('POST', `refunds/${refundId}/complete`),
    approveInvoice: (invoiceId) => call('POST', `invoices/${invoiceId}/approve`),
    dispute: (charge, options = {}) => call('POST', `charges/${charge}/dispute`, options),
    closeDispute: (disputeId, outcome) => call('POST', `disputes/${disputeId}/close`, { outcome }),
    settings: (patch) => (patch === undefined ? call('GET', 'settings') : call('POST', 'settings', patch)),
    events: (apiVersion) => call('GET', apiVersion === undefined ? 'events' : `events?api_version=${apiVersion}`),
    deliveries: () => call('GET', 'deliveries'),
    redeliver: (eventId, copies = 1) => call('POST', 'redeliver', { event: eventId, copies }),
    release: async (match = '*') => (await call<{ released: number }>('POST', 'release', { match })).released,
    held: () => call('GET', 'held'),
    waitIdle: async (timeoutMs = 30_000, options = {}) => {
      const query = `idle=1&timeout_ms=${timeoutMs}${options.ignoreRetries === true ? '&ignore_retries=1' : ''}`
      const { idle } = await call<{ idle: boolean }>('GET', `wait?${query}`)
      if (!idle) throw new Error(`stripe emulator: webhooks are still under way after ${timeoutMs} ms`)
    },
    fault: async (fault) => void (await call('POST', 'faults', fault)),
    pendingFaults: () => call('GET', 'faults'),
    clearFaults: async () => void (await call('DELETE', 'faults')),
    clock: (change) => (change === undefined ? call('GET', 'clock') : call('POST', 'clock', change)),
    advance: (seconds) => call('POST', 'advance', { seconds }),
    setCard: async (customer, card) => void (await call('POST', `customers/${customer}/card`, { card })),
    traffic: () => call('GET', 'traffic'),
    state: () => call('GET', 'state'),
    snapshot: async (name) => void (await call('POST', `snapshots/${name}`)),
    restore: async (name) => void (await call('POST', `snapshots/${name}/restore`)),
    reset: async (options = {}) => void (await call('POST', 'reset', options)),
  }
}
