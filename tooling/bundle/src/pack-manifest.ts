/**
 * `npm pack` takes package.json as it lies there; in the repository its exports are the sources, which only Node 26 runs. So the published form is
 * written for as long as packing lasts (`prepack`) and the repository's put back (`postpack`). The build is there by then, so whoever imports the
 * package meanwhile finds the same code. `pnpm pack` and `npm publish` run the same two scripts.
 */
import { existsSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

const folder = process.cwd()
const manifestFile = join(folder, 'package.json')
/** The repository's manifest while the published one stands in its place; git ignores it. */
const keptFile = join(folder, '.package.source.json')

/** Nothing of a workspace: other tools' scripts, and versions that stand in the workspace's catalog, mean nothing elsewhere. */
function published(source: string): string {
  const { scripts, devDependencies, publishConfig, ...manifest } = JSON.parse(source)
  const { exports, bin, ...config } = publishConfig
  const text = `${JSON.stringify({ ...manifest, exports, bin, publishConfig: config }, undefined, 2)}\n`
  const leak = /"(catalog|workspace):|\.\/src\//.exec(text)
  if (leak !== null) throw new Error(`the published package.json would hold ${leak[0]}`)
  return text
}

/** Also mends what a packing that was killed has left. */
function restore(): void {
  if (existsSync(keptFile)) renameSync(keptFile, manifestFile)
}

restore()
if (process.argv[2] === 'publish') {
  const source = readFileSync(manifestFile, 'utf8')
  const text = published(source)
  writeFileSync(keptFile, source)
  try {
    writeFileSync(manifestFile, text)
  } catch (error) {
    rmSync(keptFile)
    throw error
  }
}
