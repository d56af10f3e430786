import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { mailContent } from './mail-content.ts'
import { mailKinds } from './template/find-template.ts'
import { templateNames } from './template/template-values.ts'

const values = {
  product: 'Core <b>&</b>',
  licenseId: 'L-01JB2Q4W6V8X0Z2B4D6F8H0K2M',
  group: 'acme',
  plan: 'core',
  seats: '5',
  expires: '1 January 2030',
  fileName: 'L-01JB2Q4W6V8X0Z2B4D6F8H0K2M.lic',
  link: 'https://licenses.example.com/authlance/license/L-1',
  sender: 'License Desk',
}
let folder = ''
let problems: { template: string; reason: string }[] = []
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'licenseoperator-templates-'))
  problems = []
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

function put(path: string, text: string | Buffer): void {
  mkdirSync(join(folder, path, '..'), { recursive: true })
  writeFileSync(join(folder, path), text)
}
const content = (locale = 'en', templates: string | undefined = folder, kind: (typeof mailKinds)[number] = 'purchase') =>
  mailContent({ templates, locale, onProblem: (problem) => problems.push(problem) }, kind, values)

describe.each(['en', 'de'])('our own, %s', (locale) => {
  test.each(mailKinds)('%s renders, with everything and with nothing', async (kind) => {
    const full = await content(locale, undefined, kind)
    expect(full.text).toContain(values.licenseId)
    expect(full.text).toContain(values.link)
    expect(full.html).toContain('Core &lt;b&gt;&amp;&lt;/b&gt;')
    expect(full.html).toContain(`lang="${locale}"`)
    expect(full.text).not.toMatch(/\n\n\n|\{\{|undefined/)
    const { product, licenseId, plan, fileName, sender } = values
    const bare = await mailContent({ templates: undefined, locale, onProblem: (problem) => problems.push(problem) }, kind, {
      product,
      licenseId,
      plan,
      fileName,
      sender,
    })
    expect(bare.text).not.toMatch(/\n\n\n|\{\{|undefined|https:/)
    expect(problems).toEqual([])
  })
})

test('a vendor overrides a single file; the rest stays ours', async () => {
  put('en/purchase.txt', 'Subject: Hello {{group}}\n\nBody {{licenseId}}\n')
  const { subject, text, html } = await content()
  expect({ subject, text }).toEqual({ subject: 'Hello acme', text: `Body ${values.licenseId}\n` })
  expect(html).toContain('Thank you for your purchase.')
})

test.each([
  ['de-AT', 'de-AT'],
  ['de-CH', 'de'],
  ['fr', 'en'],
])('%s falls back to %s', async (locale, found) => {
  for (const one of ['de-AT', 'de', 'en']) put(`${one}/purchase.txt`, `Subject: ${one}\n\n.`)
  expect((await content(locale)).subject).toBe(found)
})

test('a locale of ours comes before a vendor’s English', async () => {
  put('en/purchase.txt', 'Subject: English\n\n.')
  expect((await content('de-AT')).subject).toMatch(/^Ihre Lizenz/)
})

test.each([
  ['purchase.txt', 'Subject: {{nothing}}\n\nBody', 'names nothing, which there is not'],
  ['purchase.txt', 'No subject', 'does not begin with a line "Subject: …" and an empty one'],
  ['purchase.txt', 'Subject: {{seats\n\nBody', 'holds braces that are no tag'],
  ['purchase.txt', 'Subject:  \n\nBody', 'its subject must not be blank'],
  ['purchase.txt', 'Subject: a\rBcc: evil@x.test\n\nBody', 'its subject must not contain control characters'],
  ['purchase.html', '<p>{{#seats}}', 'does not end the section seats'],
  ['purchase.html', Buffer.from([0xff, 0xfe, 0x80]), 'cannot be read'],
])('%s that cannot be rendered: the plain mail is sent, and the problem names the file', async (name, text, reason) => {
  put(`en/${name}`, text)
  const { subject, text: plain, html } = await content()
  expect(subject).toBe(`Your license ${values.licenseId}`)
  expect(plain).toContain(`License: ${values.licenseId}`)
  expect(html).toBeUndefined()
  expect(problems).toHaveLength(1)
  expect(`${problems[0]?.template} ${problems[0]?.reason}`).toContain(`en/${name}`)
  expect(problems[0]?.reason).toContain(reason)
})

test('a value begins no line and no header', async () => {
  put('en/purchase.txt', 'Subject: For {{group}}\n\nFor {{group}}\n')
  const { subject, text } = await mailContent(
    { templates: folder, locale: 'en', onProblem: (problem) => problems.push(problem) },
    'purchase',
    { ...values, group: 'acme\r\nBcc: evil@x.test' },
  )
  expect({ subject, text }).toEqual({ subject: 'For acme Bcc: evil@x.test', text: 'For acme Bcc: evil@x.test\n' })
})

test('the README names every value', async () => {
  const { readFileSync } = await import('node:fs')
  const readme = readFileSync(new URL('../README.md', import.meta.url), 'utf8')
  expect(templateNames.filter((name) => !readme.includes(`\`${name}\``))).toEqual([])
})
