import { type TemplateValues, templateNames } from './template-values.ts'

/** Why a template cannot be rendered; never holds a value. */
export class TemplateProblem extends Error {
  override readonly name = 'TemplateProblem'
}

const TAG = /\{\{(?<kind>[#^/]?)\s*(?<name>[^{}]*?)\s*\}\}/g
const known: ReadonlySet<string> = new Set(templateNames)

/**
 * Fills in a template: `{{name}}` is a value, `{{#name}}…{{/name}}` stays where there is one and `{{^name}}…{{/name}}` where there is none. Nothing else:
 * a template is text that a vendor writes, and runs no code.
 *
 * @param escaped  how a value is written; the template's own text is left as it is
 * @throws TemplateProblem for a name that nothing is called, a section that does not end, and braces that are no tag
 */
export function renderTemplate(template: string, values: TemplateValues, escaped: (value: string) => string): string {
  const open: { name: string; shown: boolean }[] = []
  const isShown = () => open.every(({ shown }) => shown)
  const written: string[] = []
  const write = (text: string) => {
    // Closing ones alone are style sheets.
    if (text.includes('{{')) throw new TemplateProblem('holds braces that are no tag')
    if (isShown()) written.push(text)
  }
  if (template.includes('{{{')) throw new TemplateProblem('holds braces that are no tag')
  let at = 0
  for (const match of template.matchAll(TAG)) {
    write(template.slice(at, match.index))
    at = match.index + match[0].length
    const { kind = '', name = '' } = match.groups ?? {}
    if (!known.has(name)) throw new TemplateProblem(`names ${/^\w{1,40}$/.test(name) ? name : 'something'}, which there is not`)
    const value = valueNamed(values, name)
    if (kind === '#' || kind === '^') open.push({ name, shown: (value === undefined) === (kind === '^') })
    else if (kind === '/') {
      if (open.pop()?.name !== name) throw new TemplateProblem(`ends the section ${name}, which is not the open one`)
    } else if (isShown()) written.push(escaped(value ?? ''))
  }
  write(template.slice(at))
  const left = open.at(-1)
  if (left !== undefined) throw new TemplateProblem(`does not end the section ${left.name}`)
  return written.join('')
}

function valueNamed(values: TemplateValues, name: string): string | undefined {
  return templateNames.flatMap((known) => (known === name ? (values[known] ?? []) : []))[0]
}

const entities: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' }

/** A value that means nothing to HTML, in text and in a quoted attribute. */
export function escapeHtml(value: string): string {
  return value.replaceAll(/[&<>"']/g, (character) => entities[character] ?? '')
}
