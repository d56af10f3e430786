import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { aPayload, at } from '../test/builders.ts'
import { Workbench } from '../test/openssl.ts'
import { formatEnvelope } from './envelope.ts'
import { generateSigningKey, loadSigningKey, loadVerificationKey, signLicense, verifyLicense } from './index.ts'

const now = at('2026-06-01T00:00:00Z')
const readme = readFileSync(new URL('../README.md', import.meta.url), 'utf8')

test('openssl verifies a license of ours by the recipe in the README, and refuses a changed one', async () => {
  using bench = new Workbench()
  const recipe = /```sh\n(sed [^`]+)```/.exec(readme)?.[1] ?? ''
  expect(recipe.trim().split('\n')).toHaveLength(3)
  const { privateKeyPem, publicKeyPem } = await generateSigningKey({ modulusLength: 2048 })
  const key = loadSigningKey({ privateKeyPem })
  const license = await signLicense(aPayload(), key)
  bench.write('public.pem', publicKeyPem)

  bench.write('license.lic', license.text)
  expect(bench.shell(recipe)).toContain('Verified OK')
  expect(JSON.parse(bench.read('payload'))).toEqual(aPayload())

  const payloadB64 = Buffer.from(JSON.stringify(aPayload({ seats: 9999 }))).toString('base64')
  bench.write('license.lic', formatEnvelope({ ...license, payloadB64 }))
  expect(() => bench.shell(recipe)).toThrow(/bad signature/)
})

test('we verify a license that openssl signed, with a key that openssl made', () => {
  using bench = new Workbench()
  bench.openssl('genrsa -out private.pem 2048')
  bench.openssl('pkey -in private.pem -pubout -out public.pem')
  bench.write('payload', `${JSON.stringify(aPayload(), null, 2)}\n`)
  bench.openssl('dgst -sha256 -sign private.pem -out signature payload')
  // All of the envelope from the shell too: nothing of ours but the verifier takes part.
  bench.shell(`
    { openssl pkey -pubin -in public.pem -outform DER | openssl dgst -sha256 -r | cut -c1-64
      base64 -w0 payload; echo
      base64 -w0 signature; echo; } > parts
    { echo '-----BEGIN LICENSE-----'; base64 -w64 parts; echo '-----END LICENSE-----'; } > license.lic`)
  const key = loadVerificationKey(bench.read('public.pem'))
  expect(verifyLicense(bench.read('license.lic'), key, { now })).toMatchObject({ status: 'valid', license: aPayload() })

  bench.openssl('dgst -sha512 -sign private.pem -out signature payload')
  const signatureB64 = bench.readBytes('signature').toString('base64')
  const payloadB64 = bench.readBytes('payload').toString('base64')
  expect(verifyLicense(formatEnvelope({ keyId: key.keyId, payloadB64, signatureB64 }), key, { now }).status).toBe('bad_signature')
})
