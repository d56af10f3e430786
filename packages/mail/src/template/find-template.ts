import { existsSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { TemplateProblem } from './render-template.ts'

/** What a mail is about; each has a file of text and one of HTML. */
export const mailKinds = ['purchase', 'renewal', 'maintenance'] as const
export type MailKind = (typeof mailKinds)[number]

export interface Template {
  /** For the log. */
  readonly path: string
  readonly text: string
}

const MOST_CHARACTERS = 256 * 1024

/** Ours: beside the bundle where we are bundled, else in the package. */
function ownFolder(): string {
  const beside = fileURLToPath(new URL('./mail-templates', import.meta.url))
  return existsSync(beside) ? beside : fileURLToPath(new URL('../../templates', import.meta.url))
}

/**
 * Finds a template: of each locale in turn (`de-AT`, `de`, `en`) the vendor's, then ours. A vendor writes only the files that shall differ. Files are read
 * for every mail, so that a change counts from the next one on.
 *
 * @param vendorFolder  with a folder for each locale
 * @param locale  as the configuration takes it: letters, digits and dashes
 * @throws TemplateProblem when a file is there and cannot be read
 */
export async function findTemplate(
  vendorFolder: string | undefined,
  locale: string,
  kind: MailKind,
  format: 'txt' | 'html',
): Promise<Template> {
  const locales = new Set([locale, locale.replace(/-.*/, ''), 'en'])
  const folders = [...(vendorFolder === undefined ? [] : [vendorFolder]), ownFolder()]
  for (const candidate of locales)
    for (const folder of folders) {
      const path = join(folder, candidate, `${kind}.${format}`)
      const text = await readIfThere(path)
      if (text !== undefined) return { path, text }
    }
  throw new TemplateProblem(`there is no ${kind}.${format}`)
}

async function readIfThere(path: string): Promise<string | undefined> {
  try {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(await readFile(path))
    if (text.length > MOST_CHARACTERS) throw new TemplateProblem(`${path} is larger than a mail may be`)
    return text
  } catch (error) {
    if (error instanceof TemplateProblem) throw error
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'no UTF-8'
    if (code === 'ENOENT' || code === 'ENOTDIR') return undefined
    throw new TemplateProblem(`${path} cannot be read (${code})`)
  }
}
