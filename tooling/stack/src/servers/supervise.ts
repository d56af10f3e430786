import { spawn } from 'node:child_process'
import { rmSync } from 'node:fs'

// A process between us and a server: when whoever started it is gone, however it went, the pipe to it closes, and it ends the server
// and removes the folder. Arguments: folder to remove, command, arguments of the command.

const [folder = '', command = '', ...args] = process.argv.slice(2)
const server = spawn(command, args, { stdio: 'ignore' })
let ending = false

function end(): void {
  if (ending) return
  ending = true
  // SIGKILL: nobody will read this data again, and it ends a stopped (SIGSTOP) process too.
  server.kill('SIGKILL')
  if (server.exitCode !== null || server.signalCode !== null) finish()
}

function finish(): void {
  try {
    rmSync(folder, { recursive: true, force: true, maxRetries: 10 })
  } catch {
    // The other server's supervisor removes the same folder; what both miss is removed by a later run.
  }
  process.exit(0)
}

server.on('spawn', () => process.stdout.write(`${server.pid}\n`))
server.on('error', () => process.exit(1))
server.on('exit', () => {
  // A server that was ended on purpose leaves its data for the next start.
  if (ending) finish()
  else process.exit(0)
})
process.stdin.on('end', end).on('close', end).on('error', end).resume()
// Whoever listens to our output may be gone as well.
process.stdout.on('error', end)
// Our parent decides what a signal means and then closes the pipe.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => undefined)
