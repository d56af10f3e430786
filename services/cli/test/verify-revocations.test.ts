import { beforeAll, describe, expect, test } from 'vitest'
import { aSigner, filesOf } from './a-signed-text.ts'
import { run } from './a-terminal.ts'

let ours: Awaited<ReturnType<typeof aSigner>>
let theirs: Awaited<ReturnType<typeof aSigner>>
beforeAll(async () => {
  ;[ours, theirs] = await Promise.all([aSigner(), aSigner()])
})

async function verified(license: string, list: string, trusted: readonly string[] = [ours.pems.publicKeyPem]) {
  const keys = trusted.map((pem, index) => [`${index}.pem`, pem] as const)
  const at = filesOf({ 'a.lic': license, list, ...Object.fromEntries(keys) })
  const flags = keys.flatMap(([name]) => ['--public-key', at(name)])
  const { code, out, notes } = await run(['license', 'verify', at('a.lic'), '--revocations', at('list'), '--json', ...flags])
  return { code, notes: notes.join('\n'), ...(out.length === 0 ? {} : JSON.parse(out.join(''))) }
}

describe('license verify --revocations', () => {
  test('looks at every list of the file', async () => {
    const both = (await ours.list(['core'])) + (await theirs.list(['agent'], ['L-9']))
    const trusted = [ours, theirs].map(({ pems }) => pems.publicKeyPem)
    const revoked = await verified(await theirs.license('L-9', { productKey: 'agent' }), both, trusted)
    expect(revoked).toMatchObject({ code: 3, status: 'revoked', notes: '' })
  })

  test('names a list that does not count', async () => {
    const answer = await verified(await ours.license('L-1'), (await ours.list(['core'])) + (await theirs.list(['agent'])))
    expect(answer).toMatchObject({ code: 0, status: 'valid', revocation: expect.stringMatching(/^checked against list 7 /) })
    expect(answer.notes).toMatch(/^warning: --revocations: one of the lists does not count, no trusted key/)
  })

  test('says that a list of another product is no answer', async () => {
    expect(await verified(await ours.license('L-1'), await ours.list(['agent'], ['L-1']))).toMatchObject({
      code: 0,
      status: 'valid',
      revocation: 'not checked: the list covers agent and not core',
    })
  })

  test('refuses a list that nobody trusted has signed, or that was changed', async () => {
    for (const list of [await theirs.list(['core']), `${await ours.list(['core'])}x`, '']) {
      const answer = await verified(await ours.license('L-1'), list)
      expect(answer).toMatchObject({ code: 2, notes: expect.stringContaining('--revocations: ') })
      expect(answer).not.toHaveProperty('status')
    }
  })
})
