import { spawnSync } from 'node:child_process'
import {
  generateSigningKey,
  type LicensePayload,
  loadSigningKey,
  loadVerificationKey,
  signLicense,
  verifyLicense,
} from '@licenseoperator/signing'
import { perSecond, type Result } from './measure.ts'

const payload: LicensePayload = {
  v: 1,
  licenseId: 'L-01JZX3F9T5M2Q8V7K4N6R0B1CD',
  group: 'acme',
  email: 'ada@acme.example',
  productKey: 'core',
  plan: 'core',
  domain: '.acme.example',
  seats: 5,
  licenseType: 'subscription',
  issuedAt: '2026-01-01T00:00:00Z',
  expiresAt: '2036-01-01T00:00:00Z',
  priceLocked: false,
}

/** Operations per second of the `openssl` program on this many processes. */
function opensslSpeed(threads: number): { sign: number; verify: number } {
  const result = spawnSync('openssl', ['speed', '-mr', '-seconds', '3', '-multi', String(threads), 'rsa2048'], {
    encoding: 'utf8',
  })
  // +F2:<index>:<bits>:<signatures per second>:<verifications per second>
  const fields = /^\+F2:\d+:2048:([\d.]+):([\d.]+)/m.exec(result.stdout)
  if (fields === null) throw new Error('openssl speed gave no figures for rsa2048')
  return { sign: Number(fields[1]), verify: Number(fields[2]) }
}

/** Licenses signed on the thread pool and verified on one thread, against the bare RSA operation of openssl. */
export async function signing(threads: number, durationMs: number): Promise<Result[]> {
  const pems = await generateSigningKey({ modulusLength: 2048 })
  const key = loadSigningKey(pems)
  const signed = await perSecond(threads * 4, durationMs, () => signLicense(payload, key))
  const { text } = await signLicense(payload, key)
  const trusted = loadVerificationKey(pems.publicKeyPem)
  // Synchronous, so many in one turn: an await each would measure the event loop.
  const verified = await perSecond(1, durationMs, () => {
    for (let round = 0; round < 100; round += 1)
      if (verifyLicense(text, trusted).status !== 'valid') throw new Error('a valid license was refused')
  })
  const many = opensslSpeed(threads)
  const one = opensslSpeed(1)
  return [
    {
      name: 'licenses signed',
      floorName: `openssl speed rsa2048 sign, ${threads} processes`,
      perSecond: signed,
      floorPerSecond: many.sign,
      target: 0.9,
    },
    {
      name: 'licenses verified',
      floorName: 'openssl speed rsa2048 verify, 1 process',
      perSecond: verified * 100,
      floorPerSecond: one.verify,
      target: 0.6,
    },
  ]
}
