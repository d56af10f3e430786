import { z } from 'zod'
import { type MarkdownDocument, type Problem, problemAt } from './document.ts'

const Boundaries = z.object({
  boundaries: z.object({
    tags: z.record(z.string(), z.object({ dependencies: z.object({ allow: z.array(z.string()).optional() }) })),
  }),
})

/**
 * Arrows between packages (`db ─► catalog`) that the rules of imports do not allow.
 *
 * @param turbo  text of the root's `turbo.json`
 */
export function arrowProblems(document: MarkdownDocument, turbo: string): Problem[] {
  const { tags } = Boundaries.parse(JSON.parse(turbo)).boundaries
  return document.lines
    .filter(({ kind, text }) => kind === 'code' && text.includes('─►'))
    .flatMap((line) =>
      arrowsIn(line.text)
        .filter(([from, to]) => from in tags && to in tags)
        .filter(([from, to]) => tags[from]?.dependencies.allow?.includes(to) === false)
        .map(([from, to]) => problemAt(document, line, `${from} may not import ${to}`)),
    )
}

function arrowsIn(text: string): [from: string, to: string][] {
  const places = text.split(/─+►/).map((place) => place.split(',').map((name) => name.trim()))
  return places
    .slice(1)
    .flatMap((targets, index) => targets.flatMap((to) => (places[index] ?? []).map((from): [string, string] => [from, to])))
}
