import type { Mutant } from '../../mutant.ts'

const file = 'tooling/bundle/src/bundle-service.ts'
const tests = ['tooling/bundle/src/bundle-service.test.ts']

/** What is built starts. */
export const bundles: readonly Mutant[] = [
  {
    rule: 'a bundle starts: its banner declares no name that a module of ours declares',
    file,
    find: "import { createRequire as bundleCreateRequire$ } from 'node:module'; const require = bundleCreateRequire$(import.meta.url);",
    put: "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);",
    tests,
  },
  {
    rule: 'packages in the bundle find require',
    file,
    find: '    banner: { js: BANNER },\n',
    put: '',
    tests,
  },
  {
    rule: 'bundles have source maps',
    file,
    find: "    sourcemap: 'linked',\n",
    put: '',
    tests,
  },
  {
    rule: 'the reference page lies beside the bundle that serves it',
    file,
    find: 'if (!options.docs) return',
    put: 'if (options.docs || !options.docs) return',
    tests,
  },
]
