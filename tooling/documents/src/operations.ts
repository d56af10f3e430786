import { z } from 'zod'
import type { MarkdownDocument } from './document.ts'

const Property = z.looseObject({ enum: z.array(z.string()).optional() })

const Description = z.object({
  paths: z.record(z.string(), z.record(z.string(), z.object({ responses: z.record(z.string(), z.unknown()) }))),
  components: z.object({
    schemas: z.record(z.string(), z.looseObject({ properties: z.record(z.string(), Property).optional() })),
  }),
})

/**
 * What the API's description has and the contract does not say: an operation, an answer of one, a schema, a field of one, or a word of a closed list.
 *
 * @param description  OpenAPI, as it is committed
 */
export function contractGaps(contract: MarkdownDocument, description: string): string[] {
  const { paths, components } = Description.parse(JSON.parse(description))
  const operations = Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).flatMap(([method, { responses }]) => {
      const name = `${method.toUpperCase()} ${path}`
      const section = textBelow(contract, (text) => text.includes(`\`${name}\``))
      if (section === undefined) return [`${name} is not described`]
      const missing = Object.keys(responses).filter((status) => !new RegExp(`\\b${status}\\b`).test(section))
      return missing.length === 0 ? [] : [`${name} does not say when it answers ${missing.join(', ')}`]
    }),
  )
  const schemas = Object.entries(components.schemas).flatMap(([name, { properties = {} }]) => {
    const section = textBelow(contract, (text) => text.includes(`\`${name}\``))
    if (section === undefined) return [`schema ${name} is not described`]
    const missing = Object.keys(properties).filter((field) => !section.includes(`\`${field}\``))
    return missing.length === 0 ? [] : [`schema ${name} lacks ${missing.join(', ')}`]
  })
  const text = contract.lines.map((line) => line.text).join('\n')
  const words = Object.values(components.schemas).flatMap(({ properties = {} }) =>
    Object.values(properties).flatMap((property) => property.enum ?? []),
  )
  const unsaid = [...new Set(words)].filter((word) => !text.includes(`\`${word}\``))
  return [...operations, ...schemas, ...unsaid.map((word) => `the word ${word} of a closed list is not said`)]
}

/** All text of the sections whose heading or first lines name it. */
function textBelow({ lines }: MarkdownDocument, names: (text: string) => boolean): string | undefined {
  const sections = new Set(lines.filter(({ text, kind }) => kind !== 'code' && names(text)).map(({ section }) => section))
  if (sections.size === 0) return undefined
  return lines.flatMap(({ section, text }) => (sections.has(section) ? [text] : [])).join('\n')
}
