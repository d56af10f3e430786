import { aLicense, day } from '@licenseoperator/db/testing'
import { expect, test } from 'vitest'
import { licenseStatus } from './license-status.ts'

const license = aLicense({ issuanceKey: 'month' })
const revoked = aLicense({ issuanceKey: 'month', state: { revokedAt: day(5), revokedReason: 'refunded' } })

test.each([
  ['runs to the instant before its end', license, new Date(day(31).getTime() - 1), 'ACTIVE'],
  ['is over at its end', license, day(31), 'EXPIRED'],
  ['that is revoked is so before its end', revoked, day(10), 'REVOKED'],
  ['that is revoked stays so after its end', revoked, day(40), 'REVOKED'],
])('a license %s', (_what, one, now, status) => expect(licenseStatus(one, now)).toBe(status))
