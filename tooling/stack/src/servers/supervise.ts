import { spawn } from 'node:child_process'
import { rmSync } from 'node:fs'

// A process between us and a server: when whoever started it is gone, however it went, the pipe to it closes, and it ends the server
// and removes what it was told to. Arguments: folder to remove ('' for none), command, arguments of the command.

const [folder = '', command = '', ...args] = process.argv.slice(2)
const server = spawn(command, args, { stdio: 'ignore' })
let ending = false

function end(): void {
  if (ending) return
  ending = true
  server.kill('SIGKILL')
  // A stopped process (SIGSTOP) dies of SIGKILL too; without an exit event there was no process.
  if (server.exitCode !== null || server.signalCode !== null || server.pid === undefined) finish()
}

function finish(): void {
  if (folder !== '') rmSync(folder, { recursive: true, force: true, maxRetries: 5 })
  process.exit(0)
}

server.on('spawn', () => process.stdout.write(`${server.pid}\n`))
server.on('error', () => process.exit(1))
server.on('exit', () => {
  // A server that was killed on purpose leaves its data for the next start.
  if (ending) finish()
  else process.exit(0)
})
process.stdin.on('end', end).on('close', end).resume()
// The terminal sends Ctrl-C to the whole group; our parent decides what it means and then closes the pipe.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => undefined)
