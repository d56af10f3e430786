// Runs the command line of its arguments and says how it ended and which files of ours were loaded for it.
import { registerHooks } from 'node:module'

const loaded: string[] = []
registerHooks({
  load(url, context, nextLoad) {
    loaded.push(url)
    return nextLoad(url, context)
  },
})
const { runCli } = await import('../src/run-cli.ts')
const ignore = () => {
  // What the command says is another test's.
}
const code = await runCli(process.argv.slice(2), { env: process.env, print: ignore, note: ignore, now: () => new Date() })
const files = loaded.filter((url) => url.startsWith('file:') && !url.includes('/node_modules/'))
process.stdout.write(JSON.stringify({ code, files }))
