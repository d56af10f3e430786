#!/usr/bin/env node
import { readCommandLine } from './command-line.ts'
import { type EmulatorOptions, startEmulator } from './start-emulator.ts'

const usageError = 64

const command = readCommandLine(process.argv.slice(2))
if ('print' in command) process.stdout.write(command.print)
else if ('refuse' in command) {
  console.error(`stripe-emulator: ${command.refuse}; --help lists the options`)
  process.exitCode = usageError
} else await run(command.start)

async function run(options: EmulatorOptions): Promise<void> {
  try {
    const emulator = await startEmulator(options)
    // One line for the program that started this one. The keys are made up here and open nothing but this process.
    const { url, port, apiKey, controlToken, webhookSecret } = emulator
    console.log(JSON.stringify({ url, port, apiKey, controlToken, pid: process.pid, webhookSecret }))
    for (const signal of ['SIGTERM', 'SIGINT'] as const) {
      process.once(signal, () => void emulator.stop().then(() => process.exit(0)))
    }
  } catch (error) {
    console.error(`stripe-emulator: ${error instanceof Error ? error.message : String(error)}`)
    process.exit(1)
  }
}
