import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

export interface TestCertificates {
  readonly ca: string
  readonly server: { readonly cert: string; readonly key: string }
  readonly client: { readonly cert: string; readonly key: string }
}

/** An authority, and what it issued: a server on this machine and a client. @param names  of the server, as in a subjectAltName */
export function testCertificates(names = 'DNS:localhost,IP:127.0.0.1'): TestCertificates {
  const folder = mkdtempSync(join(tmpdir(), 'licenseoperator-certificates-'))
  const at = (name: string) => join(folder, name)
  const openssl = (...args: string[]) => void execFileSync('openssl', args, { stdio: 'pipe' })
  const newKey = (name: string) => [
    '-newkey',
    'ec',
    '-pkeyopt',
    'ec_paramgen_curve:prime256v1',
    '-nodes',
    '-keyout',
    at(`${name}.key`),
  ]
  const issue = (name: string, extension: string) => {
    writeFileSync(at(`${name}.ext`), extension)
    openssl('req', ...newKey(name), '-subj', `/CN=${name}`, '-out', at(`${name}.csr`))
    const authority = ['-CA', at('ca.pem'), '-CAkey', at('ca.key'), '-CAcreateserial', '-days', '2']
    openssl('x509', '-req', '-in', at(`${name}.csr`), ...authority, '-extfile', at(`${name}.ext`), '-out', at(`${name}.pem`))
    return { cert: readFileSync(at(`${name}.pem`), 'utf8'), key: readFileSync(at(`${name}.key`), 'utf8') }
  }
  try {
    openssl('req', '-x509', ...newKey('ca'), '-subj', '/CN=test authority', '-days', '2', '-out', at('ca.pem'))
    return {
      ca: readFileSync(at('ca.pem'), 'utf8'),
      server: issue('server', `subjectAltName=${names}`),
      client: issue('client', 'extendedKeyUsage=clientAuth'),
    }
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}
