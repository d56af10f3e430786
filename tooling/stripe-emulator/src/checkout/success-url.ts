/** `success_url` with the placeholder filled in. */
export function successUrl(url: string, sessionId: string): string {
  return url.replaceAll('{CHECKOUT_SESSION_ID}', sessionId)
}
