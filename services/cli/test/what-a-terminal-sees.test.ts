import { describe, expect, test } from 'vitest'
import { aSigner, filesOf } from './a-signed-text.ts'
import { run } from './a-terminal.ts'

// Even a command that forgets to escape what it says opens no way for control characters.

/** Turns the direction of what follows: JSON leaves it as it is. */
const TRICK = '\u202e'
const SHOWN = '\\u202e'

describe('what a terminal would obey is shown instead', () => {
  test('in output for programs, as another spelling of the same value', async () => {
    const at = filesOf({ 'a.lic': await (await aSigner()).license('L-1', { group: `ac${TRICK}me` }) })
    const { code, out } = await run(['license', 'inspect', at('a.lic'), '--json'])
    expect({ code, group: JSON.parse(out.join('')).group }).toEqual({ code: 0, group: `ac${TRICK}me` })
    expect(out.join('')).toContain(SHOWN)
  })

  test('in notes beside the output', async () => {
    const signer = await aSigner()
    const lists = (await signer.list(['core'])) + (await signer.list([`co${TRICK}re\u001b[2J`]))
    const at = filesOf({ 'a.lic': await signer.license('L-1'), lists })
    const security = JSON.stringify([{ product_key: 'core', private_key_pem: signer.pems.privateKeyPem }])
    const { code, notes } = await run(['license', 'verify', at('a.lic'), '--revocations', at('lists')], {
      LICENSEOPERATOR_SECURITY: security,
    })
    expect(code).toBe(0)
    expect(notes.join('')).toContain(`may not sign for co${SHOWN}re\\u001b[2J`)
  })

  test('in what a failure says, to people and to programs', async () => {
    for (const flags of [[], ['--json']]) {
      const { code, notes } = await run(['license', 'inspect', `/nowhere/${TRICK}\u009b31m`, ...flags])
      expect(code).toBe(2)
      expect(notes.join('')).toContain(`/nowhere/${SHOWN}\\u009b31m`)
    }
  })
})
