import { spawnSync } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { LicenseIssued } from '@licenseoperator/events'

/** Checks a license with the `openssl` program alone, from what the event carries. @throws Error when openssl does not agree */
export function verifyWithOpenssl(event: LicenseIssued, publicKeyFile: string, folder: string): void {
  const [payload, signature] = [join(folder, 'payload.bin'), join(folder, 'signature.bin')]
  writeFileSync(payload, Buffer.from(event.payloadB64, 'base64'))
  writeFileSync(signature, Buffer.from(event.signatureB64, 'base64'))
  const result = spawnSync('openssl', ['dgst', '-sha256', '-verify', publicKeyFile, '-signature', signature, payload], {
    encoding: 'utf8',
  })
  if (result.status !== 0 || result.stdout.trim() !== 'Verified OK')
    throw new Error(`openssl says: ${result.stdout}${result.stderr}`)
}
