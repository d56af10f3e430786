import type { Mutant } from '../mutant.ts'

export const purchase: readonly Mutant[] = []
