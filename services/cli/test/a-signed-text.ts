import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { generateSigningKey, loadSigningKey, signLicense, signRevocationList } from '@licenseoperator/signing'
import { onTestFinished } from 'vitest'

/** A signing key with what it signed, to be read from files by a command. */
export async function aSigner() {
  const pems = await generateSigningKey({ modulusLength: 2048 })
  const key = loadSigningKey(pems)
  return {
    pems,
    license: async (licenseId: string, fields: { productKey?: string; group?: string } = {}) =>
      (
        await signLicense(
          {
            v: 1,
            licenseId,
            group: 'acme',
            email: 'a@acme.example',
            productKey: 'core',
            plan: 'core',
            licenseType: 'manual',
            issuedAt: '2026-01-01T00:00:00Z',
            expiresAt: '2127-01-01T00:00:00Z',
            priceLocked: false,
            ...fields,
          },
          key,
        )
      ).text,
    list: async (productKeys: string[], revoked: string[] = [], number = 7) =>
      signRevocationList(
        {
          type: 'licenseoperator.revocations',
          v: 1,
          number,
          issuedAt: '2026-11-23T12:00:00Z',
          productKeys,
          revoked: revoked.map((licenseId) => ({ licenseId, revokedAt: '2026-11-01T00:00:00Z', reason: 'refunded' })),
        },
        key,
      ),
  }
}

/** Writes texts as files of a folder that goes with the test. */
export function filesOf(texts: Readonly<Record<string, string>>): (name: string) => string {
  const folder = mkdtempSync(join(tmpdir(), 'licenseoperator-cli-'))
  onTestFinished(() => rmSync(folder, { recursive: true }))
  for (const [name, text] of Object.entries(texts)) writeFileSync(join(folder, name), text)
  return (name) => join(folder, name)
}
