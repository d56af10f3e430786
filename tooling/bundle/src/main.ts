import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { bundleService } from './bundle-service.ts'

// Run by `build` in the folder of a deployable. --docs: it serves the reference page, whose files go beside the bundle.
const { values } = parseArgs({ options: { docs: { type: 'boolean', default: false } } })
await bundleService(process.cwd(), { docs: values.docs, dist: join(process.cwd(), 'dist') })
