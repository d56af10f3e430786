/** What a sample needs to know of an operation. */
export interface SampledRequest {
  readonly method: string
  /** Absolute, parameters filled in. */
  readonly url: string
  readonly body: unknown
  /** Environment variable that holds the token; absent: none is needed. */
  readonly token: 'TOKEN' | 'ADMIN_TOKEN' | undefined
  /** What a good answer is. */
  readonly answers: 'json' | 'text' | 'nothing'
}

export interface CodeSample {
  readonly lang: string
  readonly label: string
  readonly source: string
}

/** The request as a shell command and as TypeScript, both to be run as they stand with the token in the environment. */
export function codeSamples(request: SampledRequest): CodeSample[] {
  return [
    { lang: 'Shell', label: 'curl', source: curl(request) },
    { lang: 'TypeScript', label: 'fetch', source: fetchCall(request) },
  ]
}

function curl({ method, url, body, token }: SampledRequest): string {
  const lines = [
    `curl --fail-with-body ${method === 'GET' ? '' : `--request ${method} `}${quoted(url)}`,
    ...(token === undefined ? [] : [`--header "Authorization: Bearer $${token}"`]),
    ...(body === undefined ? [] : ["--header 'Content-Type: application/json'", `--data ${quoted(JSON.stringify(body))}`]),
  ]
  return lines.join(' \\\n  ')
}

/** In single quotes a shell reads nothing but the quote itself. */
function quoted(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`
}

function fetchCall({ method, url, body, token, answers }: SampledRequest): string {
  const headers = [
    ...(token === undefined ? [] : [`authorization: \`Bearer \${process.env.${token}}\``]),
    ...(body === undefined ? [] : ["'content-type': 'application/json'"]),
  ]
  const options = [
    ...(method === 'GET' ? [] : [`  method: '${method}',`]),
    ...(headers.length === 0 ? [] : [`  headers: { ${headers.join(', ')} },`]),
    ...(body === undefined ? [] : [`  body: JSON.stringify(${indented(body)}),`]),
  ]
  const call = options.length === 0 ? `'${url}'` : `'${url}', {\n${options.join('\n')}\n}`
  const read = answers === 'nothing' ? [] : [`console.log(await response.${answers}())`]
  return [
    `const response = await fetch(${call})`,
    'if (!response.ok) throw new Error((await response.json()).code)',
    ...read,
  ].join('\n')
}

function indented(value: unknown): string {
  return JSON.stringify(value, null, 2).replaceAll('\n', '\n  ')
}
