import { createHash } from 'node:crypto'

/** Orders the events of one change as the switches ask. The same seed shuffles the same batch sizes the same way. */
export function orderBatch<T>(batch: readonly T[], order: 'as_made' | 'reversed' | 'shuffled', seed: string): T[] {
  if (order === 'reversed') return batch.toReversed()
  if (order === 'as_made') return [...batch]
  return batch
    .map((item, index) => ({ item, rank: createHash('sha256').update(`${seed}:${index}`).digest('hex') }))
    .sort((a, b) => (a.rank < b.rank ? -1 : 1))
    .map(({ item }) => item)
}
