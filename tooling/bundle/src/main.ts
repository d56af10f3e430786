import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { bundleService } from './bundle-service.ts'

// Run by `build` in the folder of a deployable. --docs: it serves the reference page, --mail: it sends mail; their files go beside the bundle.
const { values } = parseArgs({
  options: { docs: { type: 'boolean', default: false }, mail: { type: 'boolean', default: false } },
})
await bundleService(process.cwd(), { ...values, dist: join(process.cwd(), 'dist') })
