// Loaded by `--import` before a program: the pipe that is its standard input closes when whoever started it is gone, however that went, and then the
// program is told to end as by its supervisor.

const LAST_MS = 15_000

function end(): void {
  process.kill(process.pid, 'SIGTERM')
  setTimeout(() => process.kill(process.pid, 'SIGKILL'), LAST_MS).unref()
}

process.stdin.once('end', end).once('error', end).resume()
// The pipe alone keeps no program running that has come to its end.
if ('unref' in process.stdin && typeof process.stdin.unref === 'function') process.stdin.unref()
