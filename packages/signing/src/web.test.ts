import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import * as node from './index.ts'
import * as web from './web.ts'

/** Every module that the entry imports, directly or not, with its source. */
function importGraph(entry: string): Map<string, string> {
  const seen = new Map<string, string>()
  const open = [new URL(entry, import.meta.url).href]
  for (let url = open.pop(); url !== undefined; url = open.pop()) {
    if (seen.has(url)) continue
    const source = readFileSync(new URL(url), 'utf8')
    seen.set(url, source)
    for (const specifier of specifiersOf(source)) if (specifier.startsWith('.')) open.push(new URL(specifier, url).href)
  }
  return seen
}

function specifiersOf(source: string): string[] {
  return [...source.matchAll(/\b(?:from|import)\s*\(?\s*['"]([^'"]+)['"]/g)].map((match) => match[1] ?? '')
}

test('the web entry imports no node: module, no package, and uses no global of Node', () => {
  const graph = importGraph('./web.ts')
  expect(graph.size).toBeGreaterThan(8)
  for (const [url, source] of graph) {
    expect(
      specifiersOf(source).filter((specifier) => !specifier.startsWith('.')),
      url,
    ).toEqual([])
    expect(/\b(?:Buffer|process|require|__dirname)\b[.(]/.exec(source), url).toBeNull()
  }
})

test('the walk would see a node: import', () => {
  expect([...importGraph('./index.ts').values()].flatMap(specifiersOf)).toContain('node:crypto')
})

test('both entries offer the same verifier', () => {
  const signing = ['generateSigningKey', 'loadSigningKey', 'signLicense', 'signRevocationList']
  expect(Object.keys(web).sort()).toEqual(
    Object.keys(node)
      .filter((name) => !signing.includes(name))
      .sort(),
  )
})
