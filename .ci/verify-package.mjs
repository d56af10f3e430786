// Run in an empty folder with the packed @licenseoperator/signing installed, by the oldest Node that it supports: signs a license and verifies it.
import { generateSigningKey, loadSigningKey, loadVerificationKey, signLicense, verifyLicense } from '@licenseoperator/signing'
import * as web from '@licenseoperator/signing/web'

const { privateKeyPem, publicKeyPem } = await generateSigningKey({ modulusLength: 2048 })
const stranger = await generateSigningKey({ modulusLength: 2048 })
const payload = {
  v: 1,
  licenseId: 'L-01JZX3F9T5M2Q8V7K4N6R0B1CD',
  group: 'acme',
  email: 'owner@acme.test',
  productKey: 'core',
  plan: 'pro',
  licenseType: 'perpetual',
  issuedAt: '2026-01-01T00:00:00Z',
  expiresAt: '9999-12-31T23:59:59Z',
  priceLocked: false,
}
const { text } = await signLicense(payload, loadSigningKey({ privateKeyPem }))
const verdicts = [
  verifyLicense(text, loadVerificationKey(publicKeyPem)).status,
  (await web.verifyLicense(text, await web.loadVerificationKey(publicKeyPem))).status,
  verifyLicense(text, loadVerificationKey(stranger.publicKeyPem)).status,
]
console.log(`node ${process.version}: ${verdicts.join(', ')}`)
if (verdicts[0] !== 'valid' || verdicts[1] !== 'valid' || verdicts[2] === 'valid') process.exitCode = 1
