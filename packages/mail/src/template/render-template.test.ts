import { expect, test } from 'vitest'
import { escapeHtml, renderTemplate } from './render-template.ts'

const render = (template: string, values = {}) => renderTemplate(template, values, escapeHtml)

test('a value, a section for one that is there, a section for one that is not', () => {
  const template = '{{product}}{{#seats}}, {{ seats }} seats{{/seats}}{{^seats}}, no seats{{/seats}}.'
  expect(render(template, { product: 'Core', seats: '5' })).toBe('Core, 5 seats.')
  expect(render(template, { product: 'Core' })).toBe('Core, no seats.')
})

test('sections within sections: nothing of a hidden one is shown', () => {
  expect(render('{{#seats}}a{{#plan}}b{{/plan}}c{{/seats}}d', { plan: 'x' })).toBe('d')
})

test('values mean nothing to HTML, and are no template', () => {
  const product = `<script>"&'{{plan}}`
  expect(render('<a title="{{product}}">', { product, plan: 'secret' })).toBe(
    '<a title="&lt;script&gt;&quot;&amp;&#39;{{plan}}">',
  )
})

test('style sheets are no tags', () => {
  const css = '<style>@media print{a{color:red}}</style>'
  expect(render(css)).toBe(css)
})

test.each([
  ['{{nothing}}', 'names nothing, which there is not'],
  ['{{constructor}}', 'names constructor, which there is not'],
  ['{{}}', 'names something, which there is not'],
  ['{{#seats}}', 'does not end the section seats'],
  ['{{/seats}}', 'ends the section seats, which is not the open one'],
  ['{{#seats}}{{#plan}}{{/seats}}{{/plan}}', 'ends the section seats, which is not the open one'],
  ['{{product', 'holds braces that are no tag'],
  ['{{#seats}}{{ {{/seats}}', 'holds braces that are no tag'],
  ['{{{product}}}', 'holds braces that are no tag'],
])('%s: %s', (template, reason) => {
  expect(() => render(template)).toThrow(reason)
})
