import type { Mutant } from '../mutant.ts'
import { consumingMutants } from './operating/consuming.ts'

export const operating: readonly Mutant[] = [...consumingMutants]
