import type { Mutant } from '../mutant.ts'
import { bundles } from './access/bundles.ts'
import { clients } from './access/clients.ts'
import { handedOn } from './access/handed-on.ts'
import { sockets } from './access/sockets.ts'
import { staleCustomers } from './access/stale-customers.ts'
import { stream } from './access/stream.ts'
import { tokens } from './access/tokens.ts'

/** What is built starts; who is let in, who is told to wait, and what none of them can do to the others. */
export const access: readonly Mutant[] = [
  ...bundles,
  ...clients,
  ...staleCustomers,
  ...stream,
  ...tokens,
  ...sockets,
  ...handedOn,
]
