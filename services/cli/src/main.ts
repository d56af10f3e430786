#!/usr/bin/env node
import { runCli } from './run-cli.ts'

// A reader that has seen enough (`| head`) closes the pipe; that is no failure of ours.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE') process.exit(0)
  throw error
})

const code = await runCli(process.argv.slice(2), {
  env: process.env,
  print: (line) => process.stdout.write(`${line}\n`),
  note: (line) => process.stderr.write(`${line}\n`),
  status: process.stderr.isTTY ? (line) => process.stderr.write(`\r\u001b[K${line}`) : undefined,
  terminal: process.stdout.isTTY ? { columns: process.stdout.columns || 80 } : undefined,
  notesToTerminal: process.stderr.isTTY,
  now: () => new Date(),
})
// `serve` goes on until a signal ends it; everything else is done, and a pending reconnect must not keep it alive.
if (code !== 0 || process.argv[2] !== 'serve') process.exitCode = code
