import { setTimeout as sleep } from 'node:timers/promises'
import { type Environment, startEnvironment } from '@licenseoperator/demo'
import { pods } from '@licenseoperator/deploy'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { Balancer } from '../campaign/balancer.ts'
import { Buyers } from '../campaign/buyers.ts'
import { products } from '../campaign/fleet.ts'
import { reckon } from '../campaign/reckoning.ts'
import { Deployment } from './deployment.ts'

const CUSTOMERS_AT_ONCE = 3

let environment: Environment
const balancers: Balancer[] = []
let deployments: Deployment[] = []

beforeAll(async () => {
  environment = await startEnvironment(() => undefined, { ingest: false, api: false, products })
  const [api, receiver] = await Promise.all(
    [environment.apiUrl, environment.ingestUrl].map((url) => Balancer.open(Number(new URL(url).port))),
  )
  balancers.push(...[api, receiver].flatMap((one) => one ?? []))
  const services: Record<string, Balancer | undefined> = { 'licenseoperator-api': api, 'licenseoperator-receiver': receiver }
  deployments = pods()
    .filter(({ kind }) => kind === 'Deployment')
    .map((pod) => new Deployment(pod, environment, services[pod.name]))
  await Promise.all(deployments.map((one) => one.start()))
}, 240_000)

afterAll(async () => {
  await Promise.all(deployments.map((one) => one.stop()))
  await Promise.all(balancers.map((one) => one.close()))
  await environment.stop()
}, 120_000)

test('every Deployment of the manifests is rolled out under load, by its own probes, drain and grace period, and no request fails', async () => {
  expect(deployments).toHaveLength(4)
  await sleep(3000)
  const buyers = new Buyers(environment)
  const seen = (await environment.control.deliveries()).length
  let rolling = true
  let next = 0
  const customer = async () => {
    while (rolling) {
      next += 1
      await buyers.buy(next * 10)
    }
  }
  const roll = async () => {
    try {
      return await Promise.all(deployments.map((one) => one.roll()))
    } finally {
      await sleep(1000)
      rolling = false
    }
  }
  const [codes] = await Promise.all([roll(), ...Array.from({ length: CUSTOMERS_AT_ONCE }, customer)])
  expect(codes).toEqual(deployments.map(() => [0, 0]))
  const history = deployments.flatMap((one) => one.history)
  expect(history.filter(({ killed, crashed }) => killed || crashed).map(({ name }) => name)).toEqual([])
  expect(history).toHaveLength(16)
  expect(Object.fromEntries(buyers.sales.answers)).toEqual({ 200: expect.any(Number) })
  const statuses = (await environment.control.deliveries()).slice(seen).map(({ status }) => status)
  expect(new Set(statuses)).toEqual(new Set([200]))

  await environment.control.waitIdle(60_000)
  for (const deadline = Date.now() + 90_000; ; await sleep(500)) {
    const { wrong } = await reckon(environment)
    if (wrong.length > 0 && Date.now() < deadline) continue
    expect(wrong).toEqual([])
    break
  }
  process.stdout.write(`rollout: ${JSON.stringify({ orders: next, answers: Object.fromEntries(buyers.sales.answers) })}\n`)
}, 300_000)
