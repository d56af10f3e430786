/** A process as `main.ts` of a service makes it, for the tests of `stopOnSignals`. Its mode is the first argument. */
import { createLog, stopOnSignals } from '../src/index.ts'

const mode = process.argv[2]
const log = createLog({ service: 'test', level: 'info' })
const keepAlive = setInterval(() => {}, 1000)

stopOnSignals(
  [
    { stop: async () => log.info('first stopped') },
    {
      stop: async () => {
        if (mode === 'hang') await new Promise(() => {})
        if (mode === 'fail') throw Object.assign(new Error('secret'), { code: 'ECONNRESET' })
      },
    },
    {
      stop: async () => {
        clearInterval(keepAlive)
        log.info('last stopped')
      },
    },
  ],
  log,
)
log.info('ready')
if (mode === 'throw') {
  setImmediate(() => {
    throw Object.assign(new Error('secret'), { code: 'EPIPE' })
  })
}
if (mode === 'reject') void Promise.reject(new Error('secret'))
