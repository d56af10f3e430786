/** How deep and how much of an unknown shape is looked at. */
const MOST_VALUES = 5000

/** All texts of an object, and every `metadata` in it, wherever they stand; not whole where there is more, here or at Stripe. */
export function lookThrough(object: Readonly<Record<string, unknown>>) {
  const texts = new Set<string>()
  const metadata: Readonly<Record<string, unknown>>[] = []
  const queue: unknown[] = [object]
  let hasMore = false
  for (let at = 0; at < queue.length && at < MOST_VALUES; at += 1) {
    const value = queue[at]
    if (typeof value === 'string') texts.add(value)
    if (typeof value !== 'object' || value === null) continue
    for (const [key, inner] of Object.entries(value)) {
      if (key === 'metadata' && typeof inner === 'object' && inner !== null) metadata.push({ ...inner })
      if (key === 'has_more' && inner === true) hasMore = true
      queue.push(inner)
    }
  }
  return { texts, metadata, isWhole: !hasMore && queue.length <= MOST_VALUES }
}

/** The texts that are Stripe's ids of a kind. */
export function idsAmong(texts: ReadonlySet<string>, isOfKind: (text: string) => boolean): string[] {
  return [...texts].filter((text) => isOfKind(text) && /^[\x21-\x7e]{1,255}$/.test(text))
}
