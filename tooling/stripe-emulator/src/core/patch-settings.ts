import { checkSettings } from './check-settings.ts'
import type { Settings } from './settings.ts'

export interface SettingsPatch {
  webhooks?: Partial<Settings['webhooks']>
  checkout?: Partial<Settings['checkout']>
  subscriptions?: Partial<Settings['subscriptions']>
  refunds?: Partial<Settings['refunds']>
  account?: Partial<Settings['account']>
  search?: Partial<Settings['search']>
  tax?: Partial<Settings['tax']>
  rateLimit?: Partial<Settings['rateLimit']>
}

/** The settings with a patch applied. @throws Error for a switch or a value that does not exist */
export function patchSettings(current: Settings, patch: SettingsPatch): Settings {
  checkSettings(patch)
  return {
    webhooks: { ...current.webhooks, ...patch.webhooks },
    checkout: { ...current.checkout, ...patch.checkout },
    subscriptions: { ...current.subscriptions, ...patch.subscriptions },
    refunds: { ...current.refunds, ...patch.refunds },
    account: { ...current.account, ...patch.account },
    search: { ...current.search, ...patch.search },
    tax: { ...current.tax, ...patch.tax },
    rateLimit: { ...current.rateLimit, ...patch.rateLimit },
  }
}
