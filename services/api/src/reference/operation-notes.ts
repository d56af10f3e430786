import { administrationNotes } from './notes/administration.ts'
import { catalogNotes } from './notes/catalog.ts'
import { licenseNotes } from './notes/licenses.ts'
import { paymentNotes } from './notes/payments.ts'
import { reportNotes } from './notes/reports.ts'
import type { OperationNote } from './operation-note.ts'

/** By operation id. An operation without a note is described by its summary alone; a test names it. */
export const operationNotes: Readonly<Record<string, OperationNote>> = {
  ...catalogNotes,
  ...licenseNotes,
  ...paymentNotes,
  ...reportNotes,
  ...administrationNotes,
}
