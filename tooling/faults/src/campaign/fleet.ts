import { type Environment, freePort, startEnvironment } from '@licenseoperator/demo'
import { Balancer } from './balancer.ts'
import { Supervised } from './supervised.ts'

export const roles = ['api', 'receiver', 'processor', 'relay'] as const
export type Role = (typeof roles)[number]

export const SCARCE_CAP = 60

/** Prices do not matter here, but the cap does. */
export const products = [
  {
    slug: 'once',
    name: 'Once',
    type: 'one_off',
    plan: 'core',
    product_key: 'core_one_off',
    currency: 'usd',
    unit_amount: 21_900,
    term_duration_days: 365,
  },
  {
    slug: 'scarce',
    name: 'Scarce',
    type: 'one_off',
    plan: 'scarce',
    product_key: 'core_one_off',
    currency: 'usd',
    unit_amount: 5000,
    term_duration_days: 365,
    max_license_total: SCARCE_CAP,
  },
  {
    slug: 'year',
    name: 'Year',
    type: 'subscription',
    plan: 'core',
    product_key: 'core',
    currency: 'usd',
    unit_amount: 9900,
    billing_interval: 'year',
    max_managed_products: 10,
  },
]

/** The whole operator as a deployment runs it: every role twice, balancers in front of the two that are asked over HTTP. */
export interface Fleet {
  readonly environment: Environment
  readonly instances: Readonly<Record<Role, readonly Supervised[]>>
  /** Processes that ended and nobody had ordered it. */
  crashes(): string[]
  stop(): Promise<void>
}

/** @param drainDelay  how long an instance serves on after SIGTERM, in Go notation */
export async function startFleet(say: (line: string) => void, drainDelay: string): Promise<Fleet> {
  const environment = await startEnvironment(say, { ingest: false, api: false, products })
  const balancers = {
    api: await Balancer.open(Number(new URL(environment.apiUrl).port)),
    receiver: await Balancer.open(Number(new URL(environment.ingestUrl).port)),
  }
  const instanceOf = async (role: Role, number: number) => {
    const name = `${role}-${number}`
    const port = await freePort()
    const addr = `127.0.0.1:${port}`
    const drain = { LICENSEOPERATOR_SERVER_DRAIN_DELAY: drainDelay }
    const start =
      role === 'api'
        ? () => environment.startApi(name, { LICENSEOPERATOR_SERVER_ADDR: addr, ...drain })
        : () => environment.startIngest(name, [role], { LICENSEOPERATOR_INGEST_ADDR: addr, ...drain })
    if (role === 'api' || role === 'receiver') balancers[role].add(port)
    const instance = new Supervised(name, start)
    await instance.begin()
    return instance
  }
  const pair = (role: Role) => Promise.all([1, 2].map((number) => instanceOf(role, number)))
  const instances = {
    api: await pair('api'),
    receiver: await pair('receiver'),
    processor: await pair('processor'),
    relay: await pair('relay'),
  }
  const all = Object.values(instances).flat()
  return {
    environment,
    instances,
    crashes: () => all.flatMap((instance) => instance.crashes),
    async stop() {
      await Promise.all(all.map((instance) => instance.stop()))
      await Promise.all(Object.values(balancers).map((balancer) => balancer.close()))
      await environment.stop()
    },
  }
}
