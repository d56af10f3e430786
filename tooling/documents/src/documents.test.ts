import { beforeAll, describe, expect, test } from 'vitest'
import { z } from 'zod'
import { arrowProblems } from './arrows.ts'
import { citationProblems, quotationProblems } from './citations.ts'
import { readCommands } from './command-line.ts'
import { commandProblems, commandsNotIn, type KnownCommands } from './commands.ts'
import { cellsOf, type MarkdownDocument, type Problem, readMarkdown } from './document.ts'
import { linkProblems } from './links.ts'
import { contractGaps } from './operations.ts'
import { pathProblems } from './paths.ts'
import { locate, workingTree } from './repository.ts'
import { stateProblems } from './states.ts'
import { namedIn, symbolProblems } from './symbols.ts'
import { brokenSpanProblems, widthProblems } from './widths.ts'
import { wordProblems, wordsOfSources } from './words.ts'

// Whatever a document says of the code is true of the code that stands beside it.

const repository = workingTree()
const words = wordsOfSources(repository)
const documents = repository.files
  .filter((file) => file.endsWith('.md') && !file.endsWith('CHANGELOG.md'))
  .map((file) => readMarkdown(file, repository.read(file)))

function documentAt(path: string): MarkdownDocument {
  const found = documents.find((document) => document.path === path)
  if (found === undefined) throw new Error(`${path} is not there`)
  return found
}

/** One line per problem, so that a failure reads as a list of places. */
function listed(problems: readonly Problem[]): string[] {
  return problems.map(({ at, says }) => `${at} ${says}`)
}

const everyDocument = documents.map((document): [string, MarkdownDocument] => [document.path, document])

test('the documents are there', () => {
  const paths = documents.map(({ path }) => path)
  expect(paths).toEqual(
    expect.arrayContaining(['README.md', 'ARCHITECTURE.md', 'CONTRIBUTING.md', 'docs/CONTRACT.md', 'docs/GLOSSARY.md']),
  )
})

describe.each(everyDocument)('%s', (_path, document) => {
  test('has no line over 100 columns and no cell over 60 characters', () => {
    expect(listed(widthProblems(document))).toEqual([])
    expect(listed(brokenSpanProblems(document))).toEqual([])
  })

  test('links to what is there', () => {
    expect(listed(linkProblems(document, repository))).toEqual([])
  })

  test('names files and folders that are there', () => {
    expect(listed(pathProblems(document, repository))).toEqual([])
  })

  test('names functions that stand in the file it says', () => {
    expect(listed(symbolProblems(document, repository))).toEqual([])
  })

  test('names what a source has', () => {
    expect(listed(wordProblems(document, words))).toEqual([])
  })

  test('quotes tests by their names', () => {
    expect(listed(quotationProblems(document, repository, (named) => locate(repository, document.path, named)))).toEqual([])
  })
})

describe('commands', () => {
  let known: KnownCommands
  beforeAll(async () => {
    const Manifest = z.object({ name: z.string(), scripts: z.record(z.string(), z.string()).default({}) })
    const manifests = repository.files
      .filter((file) => /(^|\/)package\.json$/.test(file))
      .map((file) => Manifest.parse(JSON.parse(repository.read(file))))
    const scriptsOf = (name: string) => {
      const manifest = manifests.find((one) => one.name === name)
      return manifest && Object.keys(manifest.scripts)
    }
    known = { scripts: scriptsOf('licenseoperator-workspace') ?? [], scriptsOf, commands: await readCommands() }
  })

  test('of every document are taken by pnpm and by the command line', () => {
    expect(known.commands.size).toBeGreaterThan(30)
    expect(listed(documents.flatMap((document) => commandProblems(document, known)))).toEqual([])
  })

  test('of the command line are all in its README', () => {
    expect(commandsNotIn(documentAt('services/cli/README.md'), known)).toEqual([])
  })

  test('of package.json are all in CONTRIBUTING', () => {
    const text = documentAt('CONTRIBUTING.md')
      .lines.map((line) => line.text)
      .join('\n')
    expect(known.scripts.filter((script) => !text.includes(`pnpm ${script}`))).toEqual([])
  })
})

test('ARCHITECTURE answers its questions by a file and a function', () => {
  const questions = namedIn(documentAt('ARCHITECTURE.md')).filter(({ line }) => line.section.startsWith('Where is the rule'))
  expect(questions.length).toBeGreaterThanOrEqual(20)
  const steps = namedIn(documentAt('ARCHITECTURE.md')).filter(({ line }) => line.section === 'The way of a purchase')
  expect(steps).toHaveLength(9)
})

test('every decision of ARCHITECTURE has its price', () => {
  const lines = documentAt('ARCHITECTURE.md').lines
  const from = lines.findIndex(({ section }) => section === 'Decisions and their price')
  const until = lines.findIndex(({ section }) => section === 'Not here yet')
  const decisions = Map.groupBy(lines.slice(from + 1, until), ({ section }) => section)
  decisions.delete('Decisions and their price')
  expect(decisions.size).toBeGreaterThan(15)
  const unpriced = [...decisions].filter(([, about]) => !about.some(({ text }) => text.includes('**Price:**')))
  expect(unpriced.map(([decision]) => decision)).toEqual([])
})

test('the arrows of ARCHITECTURE point where imports may', () => {
  expect(listed(arrowProblems(documentAt('ARCHITECTURE.md'), repository.read('turbo.json')))).toEqual([])
})

test('the map of ARCHITECTURE has every package, service and tool', () => {
  const rows = documentAt('ARCHITECTURE.md').lines.filter(({ section, kind }) => section === 'The map' && kind === 'table')
  const mapped = rows.flatMap(({ text }) => foldersIn(cellsOf(text)[0] ?? ''))
  const there = new Set(repository.files.flatMap((file) => /^((?:packages|services|tooling)\/[^/]+)\//.exec(file)?.[1] ?? []))
  expect(mapped.toSorted()).toEqual([...there].toSorted())
})

/** `tooling/demo, bench` means both below tooling. */
function foldersIn(cell: string): string[] {
  const [, root, names] = /^(packages|services|tooling)\/(.+)$/.exec(cell) ?? []
  return (names ?? '').split(', ').flatMap((name) => (name === '' ? [] : [`${root}/${name}`]))
}

test('the pictures of ARCHITECTURE have the states of the code', () => {
  const source = (path: string) => repository.read(path)
  expect(listed(stateProblems(documentAt('ARCHITECTURE.md'), source))).toEqual([])
})

describe('docs/CONTRACT.md', () => {
  test('has every operation with its answers, every schema with its fields', () => {
    expect(contractGaps(documentAt('docs/CONTRACT.md'), repository.read('services/api/openapi.json'))).toEqual([])
  })

  test('answers what comments and tests cite', () => {
    expect(listed(citationProblems(documentAt('docs/CONTRACT.md'), repository))).toEqual([])
  })

  test('has the thirty pitfalls, each with the test that proves it or the word that none does yet', () => {
    const contract = documentAt('docs/CONTRACT.md')
    const sections = Map.groupBy(contract.lines, ({ section }) => /^P\d+\b/.exec(section)?.[0] ?? '')
    const unproven = Array.from({ length: 30 }, (_, index) => `P${index + 1}`).filter((name) => {
      const text = (sections.get(name) ?? []).map((line) => line.text).join('\n')
      return !/`[^`]+\.test\.ts`: “/.test(text) && !text.includes('**Not proven:**')
    })
    expect(unproven).toEqual([])
  })
})
