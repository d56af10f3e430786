import { readFileSync, writeFileSync } from 'node:fs'
import type { Mutant } from './mutant.ts'

/** Replaces the one occurrence of `find`; throws when there is none or more than one, because then the mutant says nothing any more. */
export function mutate(source: string, { find, put, file }: Pick<Mutant, 'find' | 'put' | 'file'>): string {
  const at = source.indexOf(find)
  if (at < 0) throw new Error(`${file}: the text to replace is not there: ${find}`)
  if (source.indexOf(find, at + 1) >= 0) throw new Error(`${file}: the text to replace is there more than once: ${find}`)
  if (find === put) throw new Error(`${file}: the mutant changes nothing: ${find}`)
  return source.slice(0, at) + put + source.slice(at + find.length)
}

/** Plants the mutant in the working tree, runs `work` and puts the source back, also when the process is told to end. */
export async function whilePlanted<T>(root: string, mutant: Mutant, work: () => Promise<T>): Promise<T> {
  const path = `${root}/${mutant.file}`
  const source = readFileSync(path, 'utf8')
  const putBack = () => writeFileSync(path, source)
  process.once('exit', putBack)
  writeFileSync(path, mutate(source, mutant))
  try {
    return await work()
  } finally {
    process.off('exit', putBack)
    putBack()
  }
}
