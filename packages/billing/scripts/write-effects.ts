// Prints src/events/what-events-do.ts into the README, a section for each event; a test fails when it is out of date.
import { readFileSync, writeFileSync } from 'node:fs'
import { describeEffects } from '../src/events/what-events-do.ts'

const readme = new URL('../README.md', import.meta.url)
const [before = '', , after = ''] = readFileSync(readme, 'utf8').split(/<!-- \/?effects -->/)
writeFileSync(readme, `${before}<!-- effects -->\n\n${describeEffects()}\n\n<!-- /effects -->${after}`)
