import type { Mutant } from '../mutant.ts'
import { consumingMutants } from './operating/consuming.ts'
import { failureMutants } from './operating/failures.ts'
import { mailMutants } from './operating/mail.ts'
import { readinessMutants } from './operating/readiness.ts'
import { reportMutants } from './operating/reports.ts'
import { schemaMutants } from './operating/schema.ts'

export const operating: readonly Mutant[] = [
  ...consumingMutants,
  ...readinessMutants,
  ...schemaMutants,
  ...failureMutants,
  ...reportMutants,
  ...mailMutants,
]
