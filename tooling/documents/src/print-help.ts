// Prints the help of each named command, `license issue` for example, in one process: node print-help.ts RUN-CLI.TS NAME…
import { pathToFileURL } from 'node:url'
import { HELP_OF } from './help-marker.ts'

const [file = '', ...names] = process.argv.slice(2)
const print = (line: string) => process.stdout.write(`${line}\n`)
// By its path, because a tool is no package that another one depends on.
const program: { runCli: (argv: readonly string[], world: object) => Promise<number> } = await import(pathToFileURL(file).href)
for (const name of names) {
  print(`${HELP_OF}${name}`)
  await program.runCli([...name.split(' '), '--help'], { env: {}, print, note: print, now: () => new Date() })
}
