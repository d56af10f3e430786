/**
 * Ids, slugs and lookup keys are ASCII columns, and MySQL fails a comparison with text that does not fit (errno 1267 or 3854) instead of finding nothing.
 * What does not fit names nothing.
 */
export function isAscii(text: string): boolean {
  return /^[\x20-\x7e]*$/.test(text)
}

/** Text of Stripe's that is only shown, for an ASCII column of `max` characters: previews and future words may be longer than any known today. */
export function shownAscii(text: string, max: number): string {
  return text.replaceAll(/[^\x20-\x7e]/g, '?').slice(0, max)
}
