import type { HttpBindings } from '@hono/node-server'
import type { Caller } from '@licenseoperator/domain'

/** Where a request's token came from. The text itself is not kept in a readable place longer than needed: it is a secret. */
export interface Credential {
  readonly source: 'header' | 'cookie'
  readonly token: string
}

/**
 * What every Hono app of ours carries with a request.
 *
 * @property requestId    set by `requestId()`; in every answer and log line
 * @property credential   set by `identifyCaller()`, unverified
 * @property identify     verifies the credential when a protected route asks
 * @property caller       set by `requireCaller`; read it through `callerOf(c)`
 * @property failText     text of an unexpected 500, set by `failAs()`
 * @property invalidText  text of a 400, set by `failAs()`
 */
export interface HttpEnv {
  Bindings: Partial<HttpBindings>
  Variables: {
    requestId: string
    credential?: Credential
    identify?: () => Promise<Caller>
    crossSite?: boolean
    caller?: Caller
    failText?: string
    invalidText?: string
  }
}
