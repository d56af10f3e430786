import type { Mutant } from '../mutant.ts'
import { deriving } from './bounds/deriving.ts'
import { heldPlaces } from './bounds/held-places.ts'
import { productKeys } from './bounds/product-keys.ts'
import { safeguards } from './bounds/safeguards.ts'
import { textEdges } from './bounds/text-edges.ts'
import { widths } from './bounds/widths.ts'

export const bounds: readonly Mutant[] = [...widths, ...textEdges, ...heldPlaces, ...productKeys, ...deriving, ...safeguards]
