import { spawnSync } from 'node:child_process'

// Removes the containers that carry a label when whoever started us is gone, however it went: then the pipe to us closes.

const [label = ''] = process.argv.slice(2)

process.stdin
  .on('end', () => {
    const { stdout } = spawnSync('docker', ['ps', '--all', '--quiet', '--filter', `label=${label}`], { encoding: 'utf8' })
    const ids = stdout.split('\n').filter((id) => id !== '')
    if (ids.length > 0) spawnSync('docker', ['rm', '--force', '--volumes', ...ids], { stdio: 'ignore' })
    process.exit(0)
  })
  .resume()
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => undefined)
