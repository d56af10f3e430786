import type { ApiConfig } from '../src/index.ts'

export const SECRET = 'a secret of this test, 32 bytes or more'

export const settings: ApiConfig = {
  publicBaseUrl: 'https://licenses.example.com',
  corsAllowedOrigins: [],
  trustedProxies: [],
  token: { secret: SECRET, issuer: undefined, audience: undefined },
  requiredScopes: {},
  checkout: {
    rootAppUrl: 'https://app.example.com',
    successBaseUrl: undefined,
    frontendBasePath: 'dashboard',
    requireGroupName: true,
    automaticTax: false,
    defaultSubscriptionSlug: undefined,
    defaultOneOffSlug: undefined,
    defaultTermDays: 365,
    defaultTrialDays: 0,
  },
  productDisplay: { description: '', features: [] },
  productKeys: ['core', 'pro'],
  trials: { enabled: true, durationHours: 8, cooldownDays: 0 },
  licensePolicy: { defaultPlan: 'subscription', defaultTermDays: 365, defaultPriceLocked: false },
  portalReturnUrl: 'https://app.example.com/',
  maintenancePriceLookupKey: undefined,
}
