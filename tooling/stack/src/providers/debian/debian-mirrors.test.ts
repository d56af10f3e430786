import { expect, test } from 'vitest'
import { debianMirrors } from './debian-mirrors.ts'

const DEFAULT = 'http://deb.debian.org/debian'

test.each([
  ['one-line', 'deb http://mirror.example/debian/ bookworm main contrib', 'http://mirror.example/debian'],
  [
    'one-line with options',
    'deb [arch=amd64 signed-by=/k.gpg] https://m.example/debian bookworm main',
    'https://m.example/debian',
  ],
  [
    'deb822',
    'Types: deb deb-src\nURIs: http://mirror.example/debian\nSuites: bookworm\nComponents: main\n',
    'http://mirror.example/debian',
  ],
])("the host's mirror is asked before the default one: %s", (_style, text, mirror) => {
  expect(debianMirrors([text])).toEqual([mirror, DEFAULT])
})

test.each([
  ['a comment', '# deb http://mirror.example/debian bookworm main'],
  ['sources only', 'deb-src http://mirror.example/debian bookworm main'],
  ["another project's archive", 'deb https://download.docker.com/linux/debian bookworm stable'],
  ['security updates', 'Types: deb\nURIs: http://deb.debian.org/debian-security\nSuites: bookworm-security\nComponents: main\n'],
  ["Ubuntu's archive", 'deb http://archive.ubuntu.com/ubuntu noble main'],
])('%s is no mirror of Debian', (_what, text) => {
  expect(debianMirrors([text])).toEqual([DEFAULT])
})

test('a mirror is asked once', () => {
  expect(debianMirrors([`deb ${DEFAULT} bookworm main\ndeb ${DEFAULT}/ bookworm-updates main`])).toEqual([DEFAULT])
})
