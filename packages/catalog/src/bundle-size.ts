import { type Problem, problem } from './problem.ts'
import type { BundleComponent } from './product.ts'

/** Licenses that one sale of a bundle may bring besides its own: each is signed, stored and announced in one transaction, every period anew. */
export const MOST_BUNDLE_PARTS = 200

/** Names the component with which a bundle has too many parts. */
export function bundleSizeProblems(components: readonly (BundleComponent | undefined)[]): Problem[] {
  let parts = 0
  for (const [index, component] of components.entries()) {
    parts += component?.quantity ?? 0
    if (parts > MOST_BUNDLE_PARTS)
      return [problem(`makes more than ${MOST_BUNDLE_PARTS} parts in all`, 'bundledProducts', index, 'quantity')]
  }
  return []
}
