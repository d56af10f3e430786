/**
 * A configured origin, as browsers write it in the `Origin` header.
 *
 * @throws TypeError unless the text is exactly one origin: no wildcard, no `null`, no path, lower-case host
 */
export function originOf(text: string): string {
  if (!URL.canParse(text) || new URL(text).origin !== text || text === 'null') throw new TypeError(`not an origin: ${text}`)
  return text
}
