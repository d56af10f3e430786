import type { Metrics } from '@licenseoperator/http'
import type { OperatorLicense } from '@licenseoperator/licensing'

/** `licenseoperator_operator_license_good`: judged at each scrape, so an alert on it fires when the license ends and not at the next reading. */
export function addOperatorLicenseMetric(metrics: Metrics, license: OperatorLicense): void {
  metrics.gaugeOf('licenseoperator_operator_license_good', '1 while administration is allowed', () =>
    ['off', 'valid', 'grace'].includes(license.state()) ? 1 : 0,
  )
}
