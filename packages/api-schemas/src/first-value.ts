/** Hono hands over a list when a query value is repeated; the first one counts. */
export function firstValue(value: unknown): unknown {
  return Array.isArray(value) ? value[0] : value
}
