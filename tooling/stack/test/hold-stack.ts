import { acquireStack } from '../src/index.ts'

// Holds a stack until it is killed, and says on stdout what it holds.

const { mysql, nats } = await acquireStack({ providers: ['path', 'debian'] })
process.stdout.write(`${JSON.stringify({ mysql: mysql?.pid, nats: nats?.pid })}\n`)
