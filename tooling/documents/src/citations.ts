import type { MarkdownDocument, Problem } from './document.ts'
import type { Repository } from './repository.ts'

/** Where comments and tests cite the contract: `P12`, `contract 1.24`, `contract section 5`. */
const CITED = /\b(?:P([1-9]\d?)(?=\b[^\w])|contract (?:section )?(\d+(?:\.\d+)*))/g
const SOURCE = /^(packages|services|tooling\/stripe-emulator)\/.*\.ts$/

/** Citations in sources that no heading of the contract answers. */
export function citationProblems(contract: MarkdownDocument, repository: Repository): Problem[] {
  const headings = numbersIn(contract)
  return repository.files
    .filter((file) => SOURCE.test(file))
    .flatMap((file) =>
      repository
        .read(file)
        .split('\n')
        .flatMap((text, index) =>
          citedIn(text)
            .filter((number) => !headings.has(number))
            .map((number) => ({ at: `${file}:${index + 1}`, says: `cites ${number}, which ${contract.path} does not have` })),
        ),
    )
}

/** `P7`, `1.24` or `5`, as headings begin with them. */
export function numbersIn({ lines }: MarkdownDocument): Set<string> {
  return new Set(
    lines.filter(({ kind }) => kind === 'heading').flatMap(({ section }) => /^(P\d+|\d+(?:\.\d+)*)\b/.exec(section)?.[1] ?? []),
  )
}

function citedIn(text: string): string[] {
  // Other things begin with a P and a digit too; a citation stands in a comment or at the start of a test's name.
  if (!/\/\/|^\s*\/?\*|(?:test|describe|each)\b.*\(|^\s*['"`]/.test(text)) return []
  return [...text.matchAll(CITED)].map(([, pitfall, section]) => (pitfall === undefined ? (section ?? '') : `P${pitfall}`))
}

/** Quotations of a test's name (`file.test.ts`: “name”) that the file does not have. */
export function quotationProblems(
  document: MarkdownDocument,
  repository: Repository,
  locate: (named: string) => string | undefined,
): Problem[] {
  return document.lines.flatMap((line) =>
    [...line.text.matchAll(/`([^`]+\.test\.ts)`: “([^”]+)”/g)].flatMap(([, file = '', name = '']) => {
      const path = locate(file)
      const has = path !== undefined && repository.read(path).includes(name)
      return has ? [] : [{ at: `${document.path}:${line.number}`, says: `${file} has no test “${name}”` }]
    }),
  )
}
