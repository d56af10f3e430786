import { mkdirSync, readdirSync, writeFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { expect, test } from 'vitest'
import { goneProcess } from '../test/gone-process.ts'
import { scratchFolder } from '../test/scratch-folder.ts'
import { makeOwnedFolder, removeLeftovers } from './leftovers.ts'

test('folders of owners that are gone are removed, everything else stays', () => {
  const parent = scratchFolder()
  const gone = goneProcess()
  const ours = basename(makeOwnedFolder(parent, 'stack-'))
  const stay = [ours, 'stack-notes', `other-${gone.pid}-1-Ab3dEf`]
  // The last one: our number, but of an earlier process.
  const leftovers = [`stack-${gone.pid}-1-Ab3dEf`, `stack-${process.pid}-1-Ab3dEf`]
  for (const name of [...stay.slice(1), ...leftovers]) {
    mkdirSync(join(parent, name, 'mysql'), { recursive: true })
    writeFileSync(join(parent, name, 'mysql', 'data'), 'x')
  }
  removeLeftovers(parent, 'stack-')
  expect(readdirSync(parent).toSorted()).toEqual(stay.toSorted())
})
