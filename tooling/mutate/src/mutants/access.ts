import type { Mutant } from '../mutant.ts'

export const access: readonly Mutant[] = []
