import type { Mutant } from '../mutant.ts'
import { clients } from './access/clients.ts'
import { sockets } from './access/sockets.ts'
import { tokens } from './access/tokens.ts'

/** Who is let in, who is told to wait, and what none of them can do to the others. */
export const access: readonly Mutant[] = [...clients, ...tokens, ...sockets]
