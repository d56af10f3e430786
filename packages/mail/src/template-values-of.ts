import type { licenses } from '@licenseoperator/db'
import { isPersonalGroup } from '@licenseoperator/domain'
import type { TemplateValues } from './template/template-values.ts'

/** What is known of a license, as a mail says it. Dates are days, in UTC: the license itself has the instant. */
export function templateValuesOf(
  license: licenses.StoredLicense,
  settings: { locale: string; productName: string | undefined; link: string | undefined; sender: string },
): TemplateValues {
  const { locale, productName, link, sender } = settings
  const day = new Intl.DateTimeFormat(locale, { dateStyle: 'long', timeZone: 'UTC' })
  const { licenseId, groupName, plan, productKey, seats, domain, expiresAt, maintenanceExpiresAt } = license
  return {
    product: productName ?? productKey,
    licenseId,
    // A buyer without a group is a group that only the operator has a name for.
    ...(isPersonalGroup(groupName) ? {} : { group: groupName }),
    plan,
    ...(seats === undefined ? {} : { seats: new Intl.NumberFormat(locale).format(seats) }),
    ...(domain === undefined ? {} : { domain }),
    ...(license.kind === 'perpetual' ? {} : { expires: day.format(expiresAt) }),
    ...(maintenanceExpiresAt === undefined ? {} : { maintenanceUntil: day.format(maintenanceExpiresAt) }),
    fileName: `${licenseId}.lic`,
    ...(link === undefined ? {} : { link }),
    sender,
  }
}
