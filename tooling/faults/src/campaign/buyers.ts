import { setTimeout as sleep } from 'node:timers/promises'
import type { Environment } from '@licenseoperator/demo'
import { z } from 'zod'

const CheckoutSession = z.object({ sessionId: z.string(), url: z.url() })
const Paid = z.object({ payment_intent: z.string().nullable(), subscription: z.string().nullable() })

const GIVE_UP_MS = 120_000
/** Broken on the way, or a dependency is away: what a storefront tries again. */
const TRY_AGAIN = new Set([0, 502, 503])

/** What the customers of a run saw and did. */
export interface Sales {
  /** Sessions that were paid. */
  readonly paid: string[]
  /** Of them, those whose money went back in full. */
  readonly refunded: string[]
  readonly soldOut: number
  /** Answers of the api, by status; 0 is a connection that broke. */
  readonly answers: ReadonlyMap<number, number>
  /** Answers that no customer may ever see. */
  readonly wrong: readonly string[]
}

/** Customers who buy one after another; each has an identity and a group of their own. */
export class Buyers {
  readonly #environment: Environment
  readonly #paid: string[] = []
  readonly #refunded: string[] = []
  readonly #answers = new Map<number, number>()
  readonly #wrong: string[] = []
  #soldOut = 0

  constructor(environment: Environment) {
    this.#environment = environment
  }

  get sales(): Sales {
    return {
      paid: this.#paid,
      refunded: this.#refunded,
      soldOut: this.#soldOut,
      answers: this.#answers,
      wrong: this.#wrong,
    }
  }

  /**
   * Customer number `index` buys: of every ten, six a term, three a subscription and one what is scarce. Every fifth subscription renews once,
   * every 20th term is refunded, every 30th customer's first card is declined, every 40th leaves a session unpaid behind.
   */
  async buy(index: number): Promise<void> {
    const kind = index % 10 === 9 ? 'scarce' : index % 10 >= 6 ? 'year' : 'once'
    const token = await this.#environment.tokenOf(`buyer-${index}`, `group-${index}`)
    const { control } = this.#environment
    if (index % 40 === 20) await this.#checkout(token, index, 'once')
    const sessionId = await this.#checkout(token, index, kind)
    if (sessionId === undefined) return
    if (index % 30 === 10) await control.failCheckout(sessionId)
    const { outcome, session, message } = await control.completeCheckout(sessionId)
    if (outcome !== 'completed') throw new Error(`paying ${sessionId} ended as ${outcome}: ${message}`)
    this.#paid.push(sessionId)
    const { payment_intent, subscription } = Paid.parse(session)
    if (subscription !== null && index % 5 === 1) await control.renew(subscription)
    if (payment_intent !== null && index % 20 === 3) {
      await control.refund(payment_intent)
      this.#refunded.push(sessionId)
    }
  }

  /** @returns the session's id, `undefined` when it is sold out */
  async #checkout(token: string, index: number, lookupKey: string): Promise<string | undefined> {
    for (const deadline = Date.now() + GIVE_UP_MS; ; await sleep(250)) {
      const { status, text } = await this.#post(token, {
        lookupKey,
        organizationName: `group-${index}`,
        cookieDomain: '.acme.test',
      })
      this.#answers.set(status, (this.#answers.get(status) ?? 0) + 1)
      if (status === 200) return CheckoutSession.parse(JSON.parse(text)).sessionId
      if (status === 409 && lookupKey === 'scarce') {
        this.#soldOut += 1
        return undefined
      }
      if (!TRY_AGAIN.has(status)) this.#wrong.push(`${status} ${text.slice(0, 300)}`)
      if (Date.now() > deadline) throw new Error(`customer ${index} gave up after ${status} ${text.slice(0, 300)}`)
    }
  }

  async #post(token: string, body: object): Promise<{ status: number; text: string }> {
    try {
      const response = await fetch(`${this.#environment.apiUrl}/authlance/license/payments/api/v1/checkout-session`, {
        method: 'POST',
        headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
        body: JSON.stringify(body),
      })
      return { status: response.status, text: await response.text() }
    } catch (error) {
      return { status: 0, text: String(error) }
    }
  }
}
