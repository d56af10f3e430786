import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { rootCertificates } from 'node:tls'
import { run } from './run.ts'

const CA_FILE = '/etc/ssl/certs/ca-certificates.crt'
/** What decides how npm reaches its registry, wherever it was set. */
const SETTINGS = ['registry', 'proxy', 'https-proxy', 'noproxy', 'strict-ssl']

/**
 * How this host reaches the package registry (mirror, credentials, proxy, certificates), as files that are mounted into the build and never
 * become part of an image or of the repository.
 *
 * @param folder  a private one, which the caller removes
 * @returns `host:container` for each file
 */
export async function registryMounts(folder: string): Promise<string[]> {
  const [npmrc, certificates] = [join(folder, 'npmrc'), join(folder, 'ca.crt')]
  const user = (await run('npm', ['config', 'get', 'userconfig'])).trim()
  const own = existsSync(user)
    ? readFileSync(user, 'utf8').replace(/\$\{(\w+)\}/g, (_, name: string) => process.env[name] ?? '')
    : ''
  const lines = [own, `cafile=${CA_FILE}`]
  for (const name of SETTINGS) {
    const value = (await run('npm', ['config', 'get', name])).trim()
    if (value !== '' && value !== 'null' && value !== 'undefined') lines.push(`${name}=${value}`)
  }
  writeFileSync(npmrc, `${lines.join('\n')}\n`, { mode: 0o600 })
  writeFileSync(certificates, (await hostCertificates()).join('\n'))
  return [`${npmrc}:/root/.npmrc:ro`, `${certificates}:${CA_FILE}:ro`]
}

/** All that this host trusts: a mirror of a company is often signed by an authority of its own. */
async function hostCertificates(): Promise<string[]> {
  const ca = (await run('npm', ['config', 'get', 'cafile'])).trim()
  const files = [ca, process.env.NODE_EXTRA_CA_CERTS, process.env.SSL_CERT_FILE, CA_FILE]
  const found = new Set(files.filter((file) => file !== undefined && existsSync(file)))
  return [...[...found].map((file) => readFileSync(file ?? '', 'utf8')), ...rootCertificates]
}
