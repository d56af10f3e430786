import { type MarkdownDocument, type Problem, problemAt } from './document.ts'

/** Where a picture's states are declared: the first union of words behind `marker`. */
const pictures = [
  { section: 'State of an event', file: 'packages/db/src/schema.ts', marker: 'interface StripeEventsTable' },
  { section: 'State of a reservation', file: 'packages/db/src/schema.ts', marker: 'interface ReservationsTable' },
  { section: 'State of a mail', file: 'packages/db/src/schema.ts', marker: 'interface NotificationsTable' },
  { section: 'State of a license', file: 'packages/licensing/src/license-status.ts', marker: 'function licenseStatus' },
] as const

/** States that a picture has and the code has not, and the other way round; functions on an arrow that the named file lacks. */
export function stateProblems(document: MarkdownDocument, read: (path: string) => string): Problem[] {
  return pictures.flatMap(({ section, file, marker }) => {
    const lines = document.lines.filter((line) => line.section === section && line.kind === 'code')
    const [first] = lines
    if (first === undefined) return [{ at: document.path, says: `has no picture “${section}”` }]
    const drawn = new Set(lines.flatMap(({ text }) => arrowIn(text)))
    const declared = unionBehind(read(file), marker)
    const declares = new Set(declared)
    const differing = [...drawn, ...declares].filter((state) => !(drawn.has(state) && declares.has(state)))
    return differing.map((state) => problemAt(document, first, `${state} is in one of the picture and ${file}`))
  })
}

function arrowIn(text: string): string[] {
  const [, from = '', to = ''] = /^\s*(\S+) --> (\w+)/.exec(text) ?? []
  return [from, to].filter((state) => state !== '' && state !== '[*]')
}

/** The words of the first union of three or more string literals behind the marker. */
export function unionBehind(source: string, marker: string): string[] {
  const start = source.indexOf(marker)
  const union = start < 0 ? undefined : /'\w+'(?:\s*\|\s*'\w+'){2,}/.exec(source.slice(start))?.[0]
  return [...(union ?? '').matchAll(/'(\w+)'/g)].map(([, word = '']) => word)
}
