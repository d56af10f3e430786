import type { Mutant } from '../mutant.ts'
import { commandLineMutants } from './operating/command-line.ts'
import { consumingMutants } from './operating/consuming.ts'
import { failureMutants } from './operating/failures.ts'
import { firstStartMutants } from './operating/first-start.ts'
import { mailMutants } from './operating/mail.ts'
import { readinessMutants } from './operating/readiness.ts'
import { referenceMutants } from './operating/reference.ts'
import { reportMutants } from './operating/reports.ts'
import { restore } from './operating/restore.ts'
import { schemaMutants } from './operating/schema.ts'

export const operating: readonly Mutant[] = [
  ...consumingMutants,
  ...firstStartMutants,
  ...readinessMutants,
  ...schemaMutants,
  ...failureMutants,
  ...reportMutants,
  ...commandLineMutants,
  ...referenceMutants,
  ...restore,
  ...mailMutants,
]
