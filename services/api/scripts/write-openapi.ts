import { writeFileSync } from 'node:fs'
import { committedDescription, descriptionText } from '../test/openapi-file.ts'

writeFileSync(committedDescription, descriptionText())
