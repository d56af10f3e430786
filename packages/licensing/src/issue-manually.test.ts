import { day } from '@licenseoperator/db/testing'
import { verifyLicense } from '@licenseoperator/signing'
import { describe, expect, test } from 'vitest'
import { issueManually, type ManualIssueRequest } from './issue-manually.ts'
import { aKeyRing } from './testing/a-key-ring.ts'

// Without a database a license is signed and returned: what it says is decided before anything is stored.

const keys = await aKeyRing('core')
const policy = { defaultPlan: 'Basic', defaultTermDays: 30, defaultPriceLocked: true }
const operator = { identity: 'ops', email: undefined, roles: ['sysadmin'], groups: [], scopes: undefined }
const asked: ManualIssueRequest = {
  group: ' Acme ',
  email: 'owner@acme.test',
  productKey: ' Core ',
  plan: undefined,
  expiresAt: undefined,
  domain: undefined,
  seats: undefined,
  priceLocked: undefined,
}
const issue = async (request: Partial<ManualIssueRequest>) =>
  (await issueManually({ keys, db: undefined, policy, now: () => day(1) }, operator, { ...asked, ...request })).license

describe('a license by hand', () => {
  test('lasts the term of the policy, on its plan, at its price, where nothing else is asked for', async () => {
    expect(await issue({})).toMatchObject({
      kind: 'manual',
      groupName: 'Acme',
      productKey: 'core',
      plan: 'basic',
      issuedAt: day(1),
      expiresAt: day(31),
      seats: undefined,
      priceLocked: true,
    })
  })

  test('is what was asked for', async () => {
    const license = await issue({ plan: 'Pro', expiresAt: day(9), seats: 3, priceLocked: false, domain: 'App.Acme.test' })
    expect(license).toMatchObject({ plan: 'pro', expiresAt: day(9), seats: 3, priceLocked: false, domain: 'app.acme.test' })
    expect(verifyLicense(license.text, keys, { now: () => day(2) })).toMatchObject({
      status: 'valid',
      license: { licenseId: license.licenseId, licenseType: 'manual', seats: 3, expiresAt: '2026-01-09T12:00:00Z' },
    })
  })

  test.each<[string, Partial<ManualIssueRequest>, string]>([
    ['that ends now', { expiresAt: day(1) }, 'exp'],
    ['for a product key that no key signs for', { productKey: 'other' }, 'productKey'],
    ['for a group that no license can name', { group: 'a\u0000b' }, 'group'],
  ])('%s is refused, and the field named', async (_what, request, field) => {
    await expect(issue(request)).rejects.toMatchObject({ code: 'invalid_payload', field })
  })

  test('is refused to everybody but a system administrator', async () => {
    const deps = { keys, db: undefined, policy, now: () => day(1) }
    await expect(issueManually(deps, { ...operator, roles: [] }, asked)).rejects.toMatchObject({ code: 'forbidden' })
  })
})
