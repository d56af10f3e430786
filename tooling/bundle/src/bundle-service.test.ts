import { spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { bundleService } from './bundle-service.ts'

const EX_CONFIG = 78
let folder = ''
beforeAll(() => {
  // Away from the repository, so that no node_modules is found by accident.
  folder = mkdtempSync(join(tmpdir(), 'licenseoperator-bundle-'))
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

describe.each([
  { service: 'api', docs: true, mail: false, program: 'licenseoperator-api', withoutConfiguration: [] },
  { service: 'webhook-ingest', docs: false, mail: true, program: 'licenseoperator-webhook-ingest', withoutConfiguration: [] },
  { service: 'cli', docs: true, mail: true, program: 'licenseoperator', withoutConfiguration: ['db', 'migrate'] },
])('the bundle of $service', ({ service, docs, mail, program, withoutConfiguration }) => {
  const source = fileURLToPath(new URL(`../../../services/${service}`, import.meta.url))

  test('starts where there is nothing but Node, says its version and then what it needs', async () => {
    const dist = join(folder, service)
    await bundleService(source, { docs, mail, dist })

    const { version } = JSON.parse(readFileSync(join(source, 'package.json'), 'utf8'))
    expect(run(dist, '--version')).toMatchObject({ status: 0, stdout: expect.stringMatching(`^${program}/${version} `) })
    expect(run(dist, ...withoutConfiguration)).toMatchObject({ status: EX_CONFIG, stderr: expect.stringContaining('mysql.dsn') })
    expect(existsSync(join(dist, 'docs/reference.js'))).toBe(docs)
    expect(existsSync(join(dist, 'mail-templates/en/purchase.html'))).toBe(mail)
  }, 60_000)

  test('names its source map, which holds the sources', () => {
    const dist = join(folder, service)
    expect(readFileSync(join(dist, 'main.js'), 'utf8').trimEnd().split('\n').at(-1)).toBe('//# sourceMappingURL=main.js.map')
    const map: { sources: string[]; sourcesContent: string[] } = JSON.parse(readFileSync(join(dist, 'main.js.map'), 'utf8'))
    const main = map.sources.findIndex((path) => path.endsWith(`services/${service}/src/main.ts`))
    expect(map.sourcesContent[main]).toBe(readFileSync(join(source, 'src/main.ts'), 'utf8'))
  })
})

function run(dist: string, ...args: string[]) {
  const { status, stdout, stderr } = spawnSync(process.execPath, [join(dist, 'main.js'), ...args], {
    cwd: dist,
    env: { PATH: process.env.PATH },
    encoding: 'utf8',
  })
  return { status, stdout, stderr }
}
