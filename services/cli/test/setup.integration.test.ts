import { mkdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { filesOf } from './a-signed-text.ts'
import { run } from './a-terminal.ts'

const example = fileURLToPath(new URL('../../../config/config.example.yaml', import.meta.url))

function aFolder(): string {
  const folder = join(filesOf({})(''), 'config')
  mkdirSync(folder)
  return folder
}

test('setup says what it made and where, then that it kept it, and the configuration check is content', async () => {
  const folder = aFolder()
  const command = ['setup', '--into', folder, '--example', example]
  const first = await run(command)
  expect(first.code).toBe(0)
  expect(first.out.every((line) => line.startsWith('made  '))).toBe(true)
  expect(first.out.join('\n')).toContain(join(folder, 'signing.key.pem'))
  expect((await run(command)).out).toEqual(first.out.map((line) => line.replace('made', 'kept')))
  const [json = ''] = (await run([...command, '--json'])).out
  expect(JSON.parse(json)).toContainEqual(expect.objectContaining({ file: join(folder, 'config.yaml'), made: false }))

  const env = { LICENSEOPERATOR_MYSQL_DSN: 'a:b@tcp(c)/d', LICENSEOPERATOR_NATS_URL: 'nats://nats:4222' }
  expect((await run(['config', 'check', '--config', join(folder, 'config.yaml')], env)).code).toBe(0)
})

test('what cannot be is told: no example, a file in the way, and the profile live without a key', async () => {
  const folder = aFolder()
  const into = ['setup', '--into', folder, '--example']
  expect(await run([...into, join(folder, 'gone')])).toMatchObject({ code: 2, notes: [expect.stringContaining('gone (ENOENT)')] })
  expect(await run(['setup', '--into', join(example, 'below'), '--example', example])).toMatchObject({ code: 2, out: [] })

  const live = { COMPOSE_PROFILES: 'cli,live', STRIPE_API_KEY: '' }
  expect(await run([...into, example], live)).toMatchObject({
    code: 2,
    out: [],
    notes: [expect.stringContaining('STRIPE_API_KEY')],
  })
  const given = await run([...into, example], { ...live, STRIPE_API_KEY: 'given' })
  expect(given).toMatchObject({ code: 0, notes: [expect.stringContaining('no STRIPE_WEBHOOK_SECRET')] })
})

test('a folder that is not there is made', async () => {
  const folder = join(aFolder(), 'one', 'more')
  expect(await run(['setup', '--into', folder, '--example', example])).toMatchObject({ code: 0 })
})

test('a signing key that is gone is not replaced while its public key is in use', async () => {
  const folder = aFolder()
  const command = ['setup', '--into', folder, '--example', example]
  await run(command)
  rmSync(join(folder, 'signing.key.pem'))
  expect(await run(command)).toMatchObject({ code: 2, out: [], notes: [expect.stringContaining('put the signing key back')] })
})
