import { generateKeyPairSync } from 'node:crypto'
import { answerChecker } from '@licenseoperator/answer-checker'
import type { CouponFields } from '@licenseoperator/catalog'
import { coupons, type Db, inTransaction, licenses } from '@licenseoperator/db'
import { createTestDatabase } from '@licenseoperator/db/testing'
import { type Caller, newLicenseId, silentLog } from '@licenseoperator/domain'
import { createMetrics, mintToken, SESSION_COOKIE } from '@licenseoperator/http'
import { issueManually, noOperatorLicense, type OperatorLicense, openKeyRing } from '@licenseoperator/licensing'
import { createStripe } from '@licenseoperator/stripe'
import { type ApiConfig, type CatalogView, createApp, createCatalogView, describeApi } from '../src/index.ts'
import { SECRET, settings } from './settings.ts'

export { SECRET, settings }

export interface AnApi {
  readonly db: Db
  readonly app: ReturnType<typeof createApp>
  get(path: string, token?: string): Promise<Response>
  /** With a token in the cookie that the dashboards send. */
  getWithCookie(path: string, token: string): Promise<Response>
  checkout(body: unknown, token?: string): Promise<Response>
  /** Any request with a JSON body. */
  send(method: string, path: string, body: unknown, token?: string): Promise<Response>
  readonly catalog: CatalogView
  close(): Promise<void>
}

/** The whole API in process, on a database of its own. Without `stripe` every call to Stripe fails at once: nothing listens there. */
export async function anApi(
  options: {
    config?: Partial<ApiConfig>
    checks?: Record<string, () => Promise<void>>
    stripe?: Parameters<typeof createStripe>[0]
    now?: () => Date
    operatorLicense?: OperatorLicense
    /** Serves the public catalog from memory, as the real thing does. */
    keepCatalog?: boolean
    /** Another handle than that of the database made for the test. */
    db?: Db
  } = {},
): Promise<AnApi> {
  const database = await createTestDatabase()
  let clock = 0
  // Tests write behind the API's back, so what it keeps in memory is always out of date unless a test is about that.
  const outdated = options.keepCatalog === true ? {} : { now: () => (clock += 3_600_000) }
  const catalog = createCatalogView({ announce: () => undefined, ...outdated })
  const app = createApp({
    db: options.db ?? database.db,
    stripe: createStripe(options.stripe ?? { apiKey: 'sk_test_none', apiBase: 'http://127.0.0.1:9' }),
    keys,
    operatorLicense: options.operatorLicense ?? noOperatorLicense,
    catalog,
    config: { ...settings, ...options.config },
    checks: options.checks ?? { mysql: () => database.ping() },
    log: silentLog,
    metrics: createMetrics(),
    now: options.now ?? (() => new Date()),
  })
  // No test needs to ask for it: whatever the API answers must be what its description says.
  const check = answerChecker(describeApi(app))
  const { request } = app
  app.request = async (input, init, ...rest) => {
    const answer = await request(input, init, ...rest)
    if (typeof input === 'string') await check(init?.method ?? 'GET', input, answer)
    return answer
  }
  const bearer = (token: string | undefined) => (token === undefined ? {} : { authorization: `Bearer ${token}` })
  return {
    db: database.db,
    app,
    catalog,
    get: async (path, token) => app.request(path, { headers: bearer(token) }),
    getWithCookie: async (path, token) => app.request(path, { headers: { cookie: `${SESSION_COOKIE}=${token}` } }),
    checkout: async (body, token) =>
      app.request('/authlance/license/payments/api/v1/checkout-session', {
        method: 'POST',
        headers: { ...bearer(token), 'content-type': 'application/json' },
        body: JSON.stringify(body),
      }),
    send: async (method, path, body, token) =>
      app.request(path, {
        method,
        headers: { ...bearer(token), 'content-type': 'application/json' },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      }),
    close: () => database.drop(),
  }
}

export function aMember(group: string, scopes?: readonly string[]): Promise<string> {
  const narrowed = scopes === undefined ? {} : { scopes }
  return mintToken({
    secret: SECRET,
    ttlMs: 600_000,
    identity: 'ada',
    email: 'ada@acme.test',
    roles: [],
    groups: [group],
    ...narrowed,
  })
}

export function aSysadmin(scopes?: readonly string[]): Promise<string> {
  const narrowed = scopes === undefined ? {} : { scopes }
  return mintToken({
    secret: SECRET,
    ttlMs: 600_000,
    identity: 'root',
    email: 'root@vendor.test',
    roles: ['sysadmin'],
    groups: [],
    ...narrowed,
  })
}

const signingKey = generateKeyPairSync('rsa', {
  modulusLength: 2048,
  publicKeyEncoding: { type: 'spki', format: 'pem' },
  privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
})
/** Verifies whatever the API under test signs. */
export const publicKeyPem = signingKey.publicKey

export const keys = openKeyRing(settings.productKeys.map((productKey) => ({ productKey, privateKeyPem: signingKey.privateKey })))

/** A really signed license, stored. */
export async function issueLicense(db: Db, group: string): Promise<licenses.NewLicense> {
  const operator: Caller = { identity: 'root', email: undefined, roles: ['sysadmin'], groups: [], scopes: undefined }
  const policy = { defaultPlan: 'core', defaultTermDays: 365, defaultPriceLocked: false }
  const request = {
    group,
    email: 'owner@acme.test',
    productKey: 'core',
    plan: undefined,
    expiresAt: undefined,
    domain: undefined,
    seats: undefined,
    priceLocked: undefined,
  }
  return (await issueManually({ keys, db, policy, now: () => new Date() }, operator, request)).license
}

/** A license row whose text does not matter. */
export async function insertLicense(db: Db, fields: Partial<licenses.NewLicense>): Promise<licenses.NewLicense> {
  const license: licenses.NewLicense = {
    licenseId: newLicenseId(),
    issuanceKey: `test:${crypto.randomUUID()}`,
    groupName: 'acme',
    email: 'owner@acme.test',
    productId: undefined,
    productSlug: undefined,
    productKey: 'core',
    plan: 'core',
    domain: undefined,
    kind: 'manual',
    seats: undefined,
    priceLocked: false,
    couponCode: undefined,
    issuedAt: new Date('2026-01-01T00:00:00Z'),
    expiresAt: new Date('2027-01-01T00:00:00Z'),
    maintenanceExpiresAt: undefined,
    keyId: 'none',
    text: 'not looked at',
    identity: undefined,
    stripe: {},
    ...fields,
  }
  await inTransaction(db, (tx) => licenses.insert(tx, license))
  return license
}

/** @returns the coupon's id */
export async function insertCoupon(db: Db, fields: Pick<CouponFields, 'productId' | 'code'> & Partial<CouponFields>) {
  const coupon: CouponFields = { active: true, behavior: 'product_override', metadata: {}, ...fields }
  return inTransaction(db, (tx) => coupons.insert(tx, coupon, new Date()))
}

export function reservationsOf(db: Db, productId: number) {
  return db.selectFrom('reservations').selectAll().where('product_id', '=', productId).execute()
}

export async function takenOf(db: Db, productId: number): Promise<number> {
  const row = await db.selectFrom('products').select('licenses_taken').where('id', '=', productId).executeTakeFirstOrThrow()
  return row.licenses_taken
}
