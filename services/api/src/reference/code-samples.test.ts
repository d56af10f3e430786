import { expect, test } from 'vitest'
import { codeSamples, type SampledRequest } from './code-samples.ts'

const request: SampledRequest = {
  method: 'POST',
  url: 'https://licenses.example.com/things/1',
  body: { name: "Ada's" },
  token: 'TOKEN',
  answers: 'json',
}
const sources = (of: SampledRequest) => codeSamples(of).map(({ source }) => source)

test('a request with a body and a token, quoted for a shell and for TypeScript', () => {
  expect(sources(request)).toEqual([
    [
      "curl --fail-with-body --request POST 'https://licenses.example.com/things/1' \\",
      '  --header "Authorization: Bearer $TOKEN" \\',
      "  --header 'Content-Type: application/json' \\",
      `  --data '{"name":"Ada'\\''s"}'`,
    ].join('\n'),
    [
      "const response = await fetch('https://licenses.example.com/things/1', {",
      "  method: 'POST',",
      `  headers: { authorization: \`Bearer \${process.env.TOKEN}\`, 'content-type': 'application/json' },`,
      '  body: JSON.stringify({',
      `    "name": "Ada's"`,
      '  }),',
      '})',
      'if (!response.ok) throw new Error((await response.json()).code)',
      'console.log(await response.json())',
    ].join('\n'),
  ])
})

test('a public GET is one line, and nothing is read of an answer without a body', () => {
  const open = { ...request, method: 'GET', body: undefined, token: undefined }
  expect(sources(open)[0]).toBe("curl --fail-with-body 'https://licenses.example.com/things/1'")
  expect(sources(open)[1]).toContain("await fetch('https://licenses.example.com/things/1')\n")
  expect(sources({ ...open, answers: 'nothing' })[1]).not.toContain('console.log')
})
