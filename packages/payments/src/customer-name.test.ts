import { expect, test } from 'vitest'
import { splitName } from './customer-name.ts'

test.each([
  ['Ada Lovelace', 'Ada', 'Lovelace'],
  ['Ada King Lovelace', 'Ada', 'King Lovelace'],
  ['  Ada \t King\nLovelace ', 'Ada', 'King Lovelace'],
  ['Acme', 'Acme', undefined],
  ['', undefined, undefined],
  ['   ', undefined, undefined],
  [undefined, undefined, undefined],
])('%j: first name %j, last name %j', (name, first, last) => expect(splitName(name)).toEqual({ first, last }))
