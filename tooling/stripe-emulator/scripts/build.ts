/**
 * Builds what is published into `dist`: the emulator without dependencies, its types, and the licenses of what the bundle holds.
 * Everything that runs lies in `dist/lib`, so that `../schema/parameters.json` is where the source has it.
 */
import { execFileSync } from 'node:child_process'
import { cpSync, globSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'

const folder = fileURLToPath(new URL('..', import.meta.url))
const dist = join(folder, 'dist')
const types = join(dist, 'types')
const resolver = createRequire(import.meta.url)

rmSync(dist, { recursive: true, force: true })
const { metafile } = await build({
  absWorkingDir: folder,
  entryPoints: { index: 'src/index.ts', main: 'src/main.ts' },
  outdir: 'dist/lib',
  bundle: true,
  splitting: true,
  platform: 'node',
  format: 'esm',
  target: 'node20',
  metafile: true,
  logLevel: 'warning',
})
mkdirSync(join(dist, 'schema'))
cpSync(join(folder, 'src/schema/parameters.json'), join(dist, 'schema/parameters.json'))
execFileSync(
  process.execPath,
  [join(dirname(resolver.resolve('typescript/package.json')), 'bin/tsc'), '-p', 'tsconfig.build.json'],
  {
    cwd: folder,
    stdio: 'inherit',
  },
)
keepReachable(join(types, 'index.d.ts'))
writeFileSync(join(dist, 'LICENSES.txt'), licensesOf(bundledPackages(Object.keys(metafile.inputs))))

/** Of the declarations only those that the entry leads to: the others name packages that nobody has who installs this one. */
function keepReachable(entry: string): void {
  const reached = new Set<string>()
  const visit = (file: string): void => {
    if (reached.has(file)) return
    reached.add(file)
    for (const [, path = ''] of readFileSync(file, 'utf8').matchAll(/(?:from|import\()\s*['"](\.[^'"]+)\.[jt]s['"]/g))
      visit(resolve(dirname(file), `${path}.d.ts`))
  }
  visit(entry)
  for (const file of globSync(join(types, '**/*.d.ts'))) if (!reached.has(file)) rmSync(file)
}

/** Folders of the packages that a bundle was made of. */
function bundledPackages(inputs: readonly string[]): string[] {
  const folders = inputs.flatMap((path) => /^(.*\/node_modules\/(?:@[^/]+\/)?[^/]+)\//.exec(join(folder, path))?.[1] ?? [])
  return [...new Set(folders)].sort()
}

/** @throws Error for a package that has no license file */
function licensesOf(packages: readonly string[]): string {
  const texts = packages.map((path) => {
    const { name, version } = JSON.parse(readFileSync(join(path, 'package.json'), 'utf8'))
    const [file] = globSync(join(path, 'LICENSE*'))
    if (file === undefined) throw new Error(`${name} has no license file`)
    return `${name} ${version}\n\n${readFileSync(file, 'utf8').trim()}\n`
  })
  return `The bundle holds code of these packages:\n\n${texts.join(`\n${'-'.repeat(80)}\n\n`)}`
}
