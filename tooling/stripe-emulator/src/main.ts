import { parseArgs } from 'node:util'
import { startEmulator } from './start-emulator.ts'

const { values } = parseArgs({
  options: {
    port: { type: 'string' },
    key: { type: 'string', multiple: true },
    token: { type: 'string' },
    record: { type: 'string' },
    seed: { type: 'string' },
    store: { type: 'string' },
  },
})
const port = Number(values.port ?? '0')
if (!Number.isInteger(port) || port < 0 || port > 65_535) {
  console.error(`stripe-emulator: not a port: ${values.port}`)
  process.exit(64)
}

try {
  const emulator = await startEmulator({
    port,
    ...(values.key === undefined ? {} : { apiKeys: values.key }),
    ...(values.token === undefined ? {} : { controlToken: values.token }),
    ...(values.record === undefined ? {} : { recordFile: values.record }),
    ...(values.store === undefined ? {} : { storeFile: values.store }),
    ...(values.seed === undefined ? {} : { seed: values.seed }),
  })
  // One line for the program that started this one. The keys are made up here and open nothing but this process.
  const { url, apiKey, controlToken } = emulator
  console.log(JSON.stringify({ url, port: emulator.port, apiKey, controlToken, pid: process.pid }))
  for (const signal of ['SIGTERM', 'SIGINT'] as const) {
    process.once(signal, () => void emulator.stop().then(() => process.exit(0)))
  }
} catch (error) {
  console.error(`stripe-emulator: ${error instanceof Error ? error.message : String(error)}`)
  process.exit(1)
}
