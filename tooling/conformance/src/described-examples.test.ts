import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { answerChecker } from '@licenseoperator/answer-checker'
import { type Dev, startDev } from '@licenseoperator/demo'
import { afterAll, beforeAll, expect, test } from 'vitest'

// The samples of the description are run as they stand, as somebody does who has started `pnpm dev` and copies them.

interface Operation {
  readonly operationId: string
  readonly responses: Readonly<Record<string, unknown>>
  readonly 'x-codeSamples': readonly { readonly label: string; readonly source: string }[]
}
interface Example {
  readonly method: string
  readonly path: string
  readonly operation: Operation
}

/** What the first sample makes or takes away, the second would be refused for. */
const ONCE = new Set(['createProduct', 'createCoupon', 'updateCoupon', 'deleteCoupon'])
/** `dev` sends no mail, and says so. */
const WITHOUT_MAIL = 'resendLicense'
const run = promisify(execFile)

let dev: Dev
let description: { readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>> }
let variables: NodeJS.ProcessEnv

beforeAll(async () => {
  dev = await startDev(() => undefined)
  const { apiUrl, memberToken, adminToken } = dev.environment
  description = await (await fetch(`${apiUrl}/authlance/license/openapi.json`)).json()
  variables = { ...process.env, TOKEN: memberToken, ADMIN_TOKEN: adminToken }
}, 120_000)
afterAll(() => dev.stop())

/** All of them, those that take something away last. */
function examples(): Example[] {
  const all = Object.entries(description.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({ method, path, operation })),
  )
  return all.toSorted((a, b) => Number(a.method === 'delete') - Number(b.method === 'delete'))
}

function sampleOf({ operation }: Example, label: string): string {
  const sample = operation['x-codeSamples'].find((one) => one.label === label)
  if (sample === undefined) throw new Error(`${operation.operationId} has no sample for ${label}`)
  return sample.source
}

/** The command as it stands, and what curl says of the answer behind the body. */
async function curl(example: Example): Promise<Response> {
  const command = `${sampleOf(example, 'curl')} --silent --show-error --write-out '\\n%{http_code} %{content_type}'`
  const { stdout } = await run('bash', ['-c', command], { env: variables, maxBuffer: 10_000_000 })
  const end = stdout.lastIndexOf('\n')
  const [, status, type = ''] = /^(\d+) ?(.*)$/.exec(stdout.slice(end + 1)) ?? []
  const body = Number(status) === 204 ? null : stdout.slice(0, end)
  return new Response(body, { status: Number(status), headers: { 'content-type': type } })
}

test('every curl command is answered with success, in the shape that is described', async () => {
  const check = answerChecker(description)
  const statuses: Record<string, number> = {}
  for (const example of examples()) {
    const { operationId, responses } = example.operation
    if (operationId === WITHOUT_MAIL) {
      await expect(curl(example)).rejects.toMatchObject({ stdout: expect.stringContaining('no mail is configured') })
      continue
    }
    const answer = await curl(example)
    await check(example.method, example.path, answer)
    statuses[operationId] = answer.status
    expect(Object.keys(responses).filter((status) => Number(status) < 300)).toContain(String(answer.status))
  }
  expect(statuses).toMatchObject({ createProduct: 201, createCoupon: 201, issueTrial: 201, issueLicense: 201, deleteCoupon: 204 })
  expect(Object.keys(statuses).length).toBeGreaterThanOrEqual(25)
}, 120_000)

test('so is every TypeScript sample of what can be done twice', async () => {
  for (const example of examples().filter(
    ({ operation }) => !ONCE.has(operation.operationId) && operation.operationId !== WITHOUT_MAIL,
  )) {
    const source = sampleOf(example, 'fetch')
    const { stdout } = await run(process.execPath, ['--input-type=module-typescript', '--eval', source], { env: variables })
    if ('204' in example.operation.responses) expect(stdout).toBe('')
    else expect(stdout, example.operation.operationId).toMatch(/\S/)
  }
}, 120_000)
