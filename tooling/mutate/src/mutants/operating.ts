import type { Mutant } from '../mutant.ts'

export const operating: readonly Mutant[] = []
