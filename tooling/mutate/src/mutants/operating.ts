import type { Mutant } from '../mutant.ts'
import { consumingMutants } from './operating/consuming.ts'
import { readinessMutants } from './operating/readiness.ts'

export const operating: readonly Mutant[] = [...consumingMutants, ...readinessMutants]
