import type { Mutant } from '../mutant.ts'
import { heldPlaces } from './bounds/held-places.ts'
import { productKeys } from './bounds/product-keys.ts'
import { safeguards } from './bounds/safeguards.ts'
import { settling } from './bounds/settling.ts'
import { textEdges } from './bounds/text-edges.ts'
import { widths } from './bounds/widths.ts'

export const bounds: readonly Mutant[] = [...widths, ...textEdges, ...heldPlaces, ...productKeys, ...settling, ...safeguards]
