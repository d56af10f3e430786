export interface ReturnUrlSettings {
  readonly rootAppUrl: string
  readonly successBaseUrl: string | undefined
  /** Dashboard base path; surrounding slashes do not matter, empty is allowed. */
  readonly frontendBasePath: string
}

/** Where Stripe sends the customer after paying. Comes from configuration only: no header or field of a request ends in it. */
export function successUrl(settings: ReturnUrlSettings): string {
  const base = new URL(settings.successBaseUrl ?? settings.rootAppUrl)
  if (base.pathname === '/') base.pathname = joined(settings.frontendBasePath, 'licenses/group')
  // Stripe replaces the placeholder only when its braces arrive unescaped, which the URL class would not do.
  const separator = base.search === '' ? '?' : '&'
  return `${base.href}${separator}session_id={CHECKOUT_SESSION_ID}`
}

/** Where Stripe sends the customer who changed their mind. */
export function cancelUrl(settings: ReturnUrlSettings): string {
  return dashboardUrl(settings, 'pricing')
}

/** A page of the dashboard. @param query  without the question mark */
export function dashboardUrl(settings: ReturnUrlSettings, path: string, query = ''): string {
  const url = new URL(joined(settings.frontendBasePath, path), settings.rootAppUrl)
  url.search = query
  return url.href
}

function joined(basePath: string, path: string): string {
  const trimmed = basePath.replace(/^\/+/, '').replace(/\/+$/, '')
  return trimmed === '' ? `/${path}` : `/${trimmed}/${path}`
}
