import { expect, test } from 'vitest'
import { aFile, aPem, aPrivatePem, load, problemsOf } from './testing/a-config.ts'

const certificate = aPem('CERTIFICATE')
const seed = `SU${'A'.repeat(56)}`
const withSection = (section: string, fields: object) => {
  const file: Record<string, unknown> = aFile()
  return { ...file, [section]: { ...Object(file[section]), ...fields } }
}
const pathsOf = (...input: Parameters<typeof problemsOf>) => problemsOf(...input).map(({ path }) => path)

test.each(['nats', 'mysql'] as const)('%s: authority, client certificate and key come from files or variables', (section) => {
  const names = { ca_file: 'ca.pem', cert_file: 'client.pem', key_file: '/run/client.key' }
  const folder = '/etc/licenseoperator'
  const others = { [`${folder}/ca.pem`]: certificate, [`${folder}/client.pem`]: certificate, '/run/client.key': aPrivatePem }
  const variables = Object.entries(names).map(([name, file]) => [`LICENSEOPERATOR_${section}_TLS_${name}`.toUpperCase(), file])
  for (const loaded of [
    load(withSection(section, { tls: names }), { others }),
    load(aFile(), { others, env: Object.fromEntries(variables) }),
  ]) {
    expect(loaded.warnings).toEqual([])
    expect(loaded.config[section].tls).toMatchObject({ ca: certificate, cert: certificate })
    expect(JSON.stringify(loaded.config)).not.toContain('PRIVATE')
  }
})

test('certificates and keys as MySQL makes them for itself end with a NUL, in a file and in a variable', () => {
  const tls = { ca_file: '/ca.pem', cert_file: '/client.pem', key_file: '/client.key' }
  const others = { '/ca.pem': `${certificate}\0`, '/client.pem': `${certificate}\0`, '/client.key': `${aPrivatePem}\0` }
  expect(load(withSection('mysql', { tls }), { others }).config.mysql.tls).toMatchObject({ ca: certificate, cert: certificate })
  const inside = `${certificate.slice(0, 40)}\0${certificate.slice(40)}`
  expect(pathsOf(withSection('mysql', { tls: { ca: inside } }))).toEqual(['mysql.tls.ca'])
})

test('a key that other users can read is a warning, a certificate is not', () => {
  const tls = { cert_file: '/client.pem', key_file: '/client.key' }
  const others = { '/client.pem': { text: certificate, mode: 0o644 }, '/client.key': { text: aPrivatePem, mode: 0o644 } }
  expect(load(withSection('nats', { tls }), { others }).warnings).toEqual([
    'nats.tls.key_file: other users of this machine can read the file',
  ])
})

test.each(['nats', 'mysql'])('%s: a client certificate needs its key, and a key its certificate', (section) => {
  expect(pathsOf(withSection(section, { tls: { cert: certificate } }))).toEqual([`${section}.tls.key`])
  expect(pathsOf(withSection(section, { tls: { key: aPrivatePem } }))).toEqual([`${section}.tls.cert`])
  expect(pathsOf(withSection(section, { tls: { cert: aPrivatePem, key: aPrivatePem } }))).toEqual([`${section}.tls.cert`])
  expect(pathsOf(withSection(section, { tls: { cert: certificate, key: certificate } }))).toEqual([`${section}.tls.key`])
})

test('who we are to NATS is said in one way', () => {
  expect(pathsOf(withSection('nats', { nkey_seed: seed }))).toEqual([])
  expect(pathsOf(withSection('nats', { nkey_seed: seed, url: 'nats://u:p@nats:4222' }))).toEqual(['nats.nkey_seed'])
  expect(pathsOf(withSection('nats', { nkey_seed: seed, url: 'nats://token@nats:4222' }))).toEqual(['nats.nkey_seed'])
})

test('a problem with a nested key names the variable it comes from, and unknown nested keys are told', () => {
  const env = { LICENSEOPERATOR_MYSQL_TLS_CA: 'x' }
  expect(problemsOf(aFile(), { env })).toEqual([
    { path: 'mysql.tls.ca', message: expect.stringContaining('(from LICENSEOPERATOR_MYSQL_TLS_CA)') },
  ])
  expect(load(withSection('nats', { tls: { cafile: 'x' } })).warnings).toEqual(['unknown key: nats.tls.cafile'])
})
