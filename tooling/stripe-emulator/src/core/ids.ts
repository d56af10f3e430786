import { createHmac, randomBytes } from 'node:crypto'

const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789'

export interface Ids {
  /** `prefix` plus `length` letters and digits. */
  next(prefix: string, length?: number): string
}

/** Unguessable without the seed; the same seed gives the same ids in the same order. */
export function createIds(seed: string = randomBytes(16).toString('hex')): Ids {
  let count = 0
  return {
    next(prefix, length = 24) {
      count += 1
      const bytes = createHmac('sha512', seed).update(`${prefix}${count}`).digest()
      const block = Buffer.concat([bytes, createHmac('sha512', seed).update(`${prefix}${count}+`).digest()])
      return prefix + Array.from(block.subarray(0, length), (byte) => alphabet[byte % alphabet.length]).join('')
    },
  }
}
