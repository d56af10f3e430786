import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { loadConfig, sectionNames } from '@licenseoperator/config'
import { generateSigningKey } from '@licenseoperator/signing'
import { describe, expect, onTestFinished, test } from 'vitest'
import { z } from 'zod'
import { pods } from './pods.ts'
import { problemsOf } from './problems-of.ts'
import { type Manifest, render } from './render.ts'

const overlays = ['base', 'example'] as const
const rendered = { base: render('base'), example: render('example') }
const named = (manifests: readonly Manifest[]) => manifests.map((one) => `${one.kind} ${one.metadata.name}`)
const dockerfile = readFileSync(new URL('../../../Dockerfile', import.meta.url), 'utf8')
/** A process may take its drain and this much more, see packages/http. */
const AFTER_DRAIN_SECONDS = 4.5
const WITHOUT_DRAIN_SECONDS = 9.5

describe.each(overlays)('%s', (overlay) => {
  test('every manifest is valid by the Kubernetes schemas and has no field that they do not know', () => {
    expect(rendered[overlay].length).toBeGreaterThan(10)
    expect(
      rendered[overlay].map((one) => [one.metadata.name, problemsOf(one)]).filter(([, problems]) => problems?.length),
    ).toEqual([])
  })

  test('pods run as a user without any right, on a file system that they cannot write', () => {
    for (const { container, securityContext, tokenMounted, secretMode } of pods(rendered[overlay])) {
      expect(securityContext).toMatchObject({
        runAsNonRoot: true,
        runAsUser: 1000,
        fsGroup: 1000,
        seccompProfile: { type: 'RuntimeDefault' },
      })
      expect(container.securityContext).toEqual({
        allowPrivilegeEscalation: false,
        readOnlyRootFilesystem: true,
        capabilities: { drop: ['ALL'] },
      })
      expect(container.resources).toMatchObject({
        requests: { cpu: expect.any(String), memory: expect.any(String) },
        limits: { memory: expect.any(String) },
      })
      expect([tokenMounted, secretMode]).toEqual([false, 0o440])
    }
  })
})

test('a mistake in a manifest is found: a wrong type, a missing field, a field that is none', () => {
  const [deployment] = rendered.base.filter(({ kind }) => kind === 'Deployment')
  const changed = (change: (spec: Record<string, unknown>) => void) => {
    const copy = z.looseObject({ spec: z.record(z.string(), z.unknown()) }).parse(structuredClone(deployment))
    change(copy.spec)
    return problemsOf({ ...deployment, ...copy } as Manifest)
  }
  expect(changed(() => undefined)).toEqual([])
  expect(changed((spec) => Object.assign(spec, { replicas: 'two' }))).toEqual([
    expect.stringContaining('replicas must be integer'),
  ])
  expect(changed((spec) => delete spec.selector)).toEqual([expect.stringContaining('selector')])
  expect(changed((spec) => Object.assign(spec, { replicaz: 2 }))).toEqual(['/spec/replicaz is no field of the schema'])
  expect(problemsOf({ apiVersion: 'v1', kind: 'Pot', metadata: { name: 'x' } })).toEqual(['v1/Pot is not known here'])
})

test('each role has its Deployment, its budget and enough time to leave', () => {
  const deployments = pods().filter(({ kind }) => kind === 'Deployment')
  expect(deployments.map(({ name }) => name).sort()).toEqual(
    ['api', 'processor', 'receiver', 'relay'].map((role) => `licenseoperator-${role}`),
  )
  for (const { name, replicas, graceSeconds, env, container } of deployments) {
    expect(named(rendered.base)).toContain(`PodDisruptionBudget ${name}`)
    expect(replicas).toBeGreaterThan(1)
    const drain = Number(/^(\d+)s$/.exec(env.LICENSEOPERATOR_SERVER_DRAIN_DELAY ?? '0s')?.[1])
    expect(graceSeconds).toBeGreaterThan(Math.max(WITHOUT_DRAIN_SECONDS, drain + AFTER_DRAIN_SECONDS))
    const { readinessProbe: ready, livenessProbe: alive } = container
    expect([ready?.httpGet, alive?.httpGet]).toEqual([
      { path: '/readyz', port: 'admin' },
      { path: '/healthz', port: 'admin' },
    ])
    // Whoever is asked over HTTP serves on until readiness has failed and proxies know it.
    if (drain > 0 && ready !== undefined) expect(drain).toBeGreaterThanOrEqual(2 * ready.periodSeconds * ready.failureThreshold)
  }
})

test("ports and targets are the images' own, and no Service leads to the port for operators", () => {
  for (const { container, env } of pods()) {
    expect(dockerfile).toMatch(new RegExp(`^FROM \\S+ AS ${container.image.split('/')[1]}$`, 'm'))
    const listens = Object.entries(env).flatMap(([name, value]) => (name.endsWith('_ADDR') ? [Number(value.slice(1))] : []))
    expect(listens).toEqual(container.ports.map(({ containerPort }) => containerPort))
  }
  const services = rendered.base.filter(({ kind }) => kind === 'Service')
  expect(JSON.stringify(services)).not.toContain('admin')
  expect(named(services)).toEqual(['Service licenseoperator-api', 'Service licenseoperator-receiver'])
})

test('every role has accounts of its own, and the migration sees no key', () => {
  const byName = Object.fromEntries(pods().map((pod) => [pod.name.replace('licenseoperator-', ''), pod.secrets]))
  expect(byName.migrate).toEqual({ mysql_dsn: 'licenseoperator-mysql/migrate' })
  expect(Object.keys(byName.catalog ?? {}).sort()).toEqual(['mysql_dsn', 'stripe_api_key', 'stripe_webhook_secret'])
  for (const role of ['api', 'receiver', 'processor', 'relay'])
    expect(byName[role]).toMatchObject({ mysql_dsn: `licenseoperator-mysql/${role}`, nats_url: `licenseoperator-nats/${role}` })
})

test.each(overlays)('the configuration of %s loads with the files that are mounted', async (overlay) => {
  const folder = mkdtempSync(join(tmpdir(), 'licenseoperator-deploy-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  const { privateKeyPem } = await generateSigningKey({ modulusLength: 2048 })
  const contents: Record<string, string> = {
    signing_key: privateKeyPem,
    jwt_secret: crypto.randomUUID() + crypto.randomUUID(),
    stripe_api_key: 'sk_test_1',
    stripe_webhook_secret: 'whsec_1',
    mysql_dsn: 'a:b@tcp(mysql:3306)/licenses',
    nats_url: 'nats://nats:4222',
  }
  const [configMap] = rendered[overlay].filter(({ kind }) => kind === 'ConfigMap')
  const { data } = z.object({ data: z.object({ 'config.yaml': z.string() }) }).parse(configMap)
  for (const { name, kind, secrets, env } of pods(rendered[overlay])) {
    for (const file of readdirSync(folder)) rmSync(join(folder, file))
    for (const file of Object.keys(secrets)) writeFileSync(join(folder, file), contents[file] ?? '', { mode: 0o600 })
    // The migration reads no file, and the catalog's command no more than it needs.
    if (name === 'licenseoperator-migrate') continue
    const require = name === 'licenseoperator-catalog' ? (['stripe', 'mysql'] as const) : sectionNames
    const text = data['config.yaml'].replaceAll('/run/secrets/licenseoperator', folder)
    const readFile = (path: string) => ({
      text: path === '/app/config/config.yaml' ? text : readFileSync(path, 'utf8'),
      mode: 0o600,
    })
    const { config, warnings } = loadConfig({ path: '/app/config/config.yaml', env, require, readFile })
    // A job serves nothing, so what the command says of addresses is nothing to it.
    if (kind === 'Deployment') expect(warnings).toEqual([])
    expect(config.mysql.host).toBe('mysql')
  }
})
