import type { Metrics } from './metrics.ts'

/** `licenseoperator_nats_connected`: what to alert on, because a service without NATS goes on serving and stays ready. */
export function addNatsMetric(metrics: Metrics, link: { readonly connected: boolean }): void {
  metrics.gaugeOf('licenseoperator_nats_connected', '1 while the connection to NATS is up', () => (link.connected ? 1 : 0))
}
