import type { CheckoutSettings } from '@licenseoperator/checkout'
import type { Db } from '@licenseoperator/db'
import type { Log, Surface } from '@licenseoperator/domain'
import type { JwksRules, Metrics } from '@licenseoperator/http'
import type { OperatorLicense } from '@licenseoperator/licensing'
import type { KeyRing } from '@licenseoperator/signing'
import type { Stripe } from 'stripe'
import type { CatalogView } from './catalog-view.ts'

export interface ApiConfig {
  readonly publicBaseUrl: string | undefined
  readonly corsAllowedOrigins: readonly string[]
  /** Addresses and ranges of the reverse proxies in front. */
  readonly trustedProxies: readonly string[]
  readonly token: {
    readonly secret: string
    readonly issuer: string | undefined
    readonly audience: string | undefined
    /** Also of tokens signed with the secret. */
    readonly requireIssuerAndAudience?: boolean
    readonly jwks?: JwksRules | undefined
  }
  readonly requiredScopes: Partial<Record<Surface, boolean>>
  readonly checkout: CheckoutSettings
  readonly productDisplay: { readonly description: string; readonly features: readonly string[] }
  /** Of the configured signing keys, in the order of the configuration. */
  readonly productKeys: readonly string[]
  readonly trials: { readonly enabled: boolean; readonly durationHours: number; readonly cooldownDays: number }
  readonly licensePolicy: { readonly defaultPlan: string; readonly defaultTermDays: number; readonly defaultPriceLocked: boolean }
  readonly portalReturnUrl: string
  readonly maintenancePriceLookupKey: string | undefined
  /** Address that mails come from; absent where none are sent. */
  readonly mailSender?: string | undefined
}

export interface ApiDeps {
  readonly db: Db
  readonly stripe: Stripe
  readonly keys: KeyRing
  readonly operatorLicense: OperatorLicense
  readonly catalog: CatalogView
  readonly config: ApiConfig
  /** Name of a dependency without which nothing can be answered, and a check that fails while it is away. */
  readonly checks: Record<string, () => Promise<void>>
  /** Aborted once the process is leaving: readiness says no. */
  readonly draining?: AbortSignal
  /** Readiness and metrics are served on an address of their own. */
  readonly operationsElsewhere?: boolean
  readonly log: Log
  readonly metrics: Metrics
  readonly now: () => Date
}
