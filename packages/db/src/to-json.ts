/** JSON for a column: MySQL refuses text with half a surrogate pair (errno 3140), which JSON from outside may carry. */
export function toJson(value: unknown): string {
  return JSON.stringify(value, (_key, part: unknown) => (typeof part === 'string' ? part.toWellFormed() : part))
}
