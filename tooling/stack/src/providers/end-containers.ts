import { spawnSync } from 'node:child_process'

// Removes containers when whoever started us is gone, however it went: then the pipe to us closes. Arguments: container ids.

process.stdin
  .on('end', () => {
    spawnSync('docker', ['rm', '--force', '--volumes', ...process.argv.slice(2)], { stdio: 'ignore' })
    process.exit(0)
  })
  .resume()
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => undefined)
