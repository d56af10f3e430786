import { cpSync, mkdirSync, rmSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'

/**
 * What CommonJS packages inside the bundle find as `require`. Modules of ours import `createRequire` under its own name, and a name can be
 * declared once in a file: the banner's must be one that nobody writes.
 */
const BANNER =
  "import { createRequire as bundleCreateRequire$ } from 'node:module'; const require = bundleCreateRequire$(import.meta.url);"

const requireFromApi = createRequire(new URL('../../../services/api/package.json', import.meta.url))

/** The words of the mails, which an operator may read to write their own. */
const MAIL_TEMPLATES = fileURLToPath(new URL('../../../packages/mail/templates', import.meta.url))

/** The reference page's script, from the package of the service that serves it; the package's exports name only what lies beside it. */
function referenceScript(): string {
  return join(dirname(requireFromApi.resolve('@scalar/api-reference/style.css')), 'browser/standalone.js')
}

/**
 * Bundles `src/main.ts` of a deployable into `main.js`, which needs nothing but Node, and `main.js.map`.
 *
 * @param folder  the deployable's, absolute
 * @param dist    where the bundle goes; what is there goes first
 */
export async function bundleService(folder: string, options: { docs: boolean; mail: boolean; dist: string }): Promise<void> {
  const { dist } = options
  rmSync(dist, { recursive: true, force: true })
  await build({
    absWorkingDir: folder,
    entryPoints: ['src/main.ts'],
    outfile: join(dist, 'main.js'),
    bundle: true,
    platform: 'node',
    format: 'esm',
    target: 'node22',
    banner: { js: BANNER },
    sourcemap: 'linked',
    logLevel: 'warning',
  })
  if (options.mail) cpSync(MAIL_TEMPLATES, join(dist, 'mail-templates'), { recursive: true })
  if (!options.docs) return
  mkdirSync(join(dist, 'docs'))
  cpSync(referenceScript(), join(dist, 'docs/reference.js'))
}
