import type { Handler } from 'hono'
import prometheus from 'prom-client'
import type { HttpEnv } from './http-env.ts'

type Labels<L extends string> = Readonly<Record<L, string>>

export interface Counter<L extends string> {
  inc(labels: Labels<L>, by?: number): void
}
export interface Gauge<L extends string> {
  set(labels: Labels<L>, value: number): void
}
export interface Histogram<L extends string> {
  observe(labels: Labels<L>, value: number): void
}

/** A Prometheus registry. Label values must come from a closed set: every combination is kept for the life of the process. */
export interface Metrics {
  counter<const L extends string>(name: string, help: string, labels?: readonly L[]): Counter<L>
  gauge<const L extends string>(name: string, help: string, labels?: readonly L[]): Gauge<L>
  /** A gauge without labels whose value is asked for at each scrape. */
  gaugeOf(name: string, help: string, read: () => number): void
  histogram<const L extends string>(name: string, help: string, labels?: readonly L[], buckets?: readonly number[]): Histogram<L>
  /** Text exposition format 0.0.4. */
  text(): Promise<string>
}

const latencyBuckets = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10]

/**
 * A registry of its own for each service in a process, over prom-client: with what it knows of the process (CPU, memory, files, event loop,
 * garbage collection). A metric has no value before it is given one.
 */
export function createMetrics(): Metrics {
  const register = new prometheus.Registry()
  prometheus.collectDefaultMetrics({ register })
  const family = <L extends string>(name: string, help: string, labels: readonly L[] = []) => ({
    name,
    help,
    labelNames: [...labels],
    registers: [register],
  })
  return {
    counter(name, help, labels) {
      return unset(new prometheus.Counter(family(name, help, labels)), labels)
    },
    gauge(name, help, labels) {
      return unset(new prometheus.Gauge(family(name, help, labels)), labels)
    },
    gaugeOf(name, help, read) {
      new prometheus.Gauge({
        ...family(name, help),
        collect() {
          this.set(read())
        },
      })
    },
    histogram(name, help, labels, buckets = latencyBuckets) {
      return unset(new prometheus.Histogram({ ...family(name, help, labels), buckets: [...buckets] }), labels)
    },
    text: () => register.metrics(),
  }
}

/** Without labels prom-client starts at 0, which for "do the books agree" is an answer that nobody has found yet. */
function unset<M extends { remove(): void }>(metric: M, labels: readonly string[] = []): M {
  if (labels.length === 0) metric.remove()
  return metric
}

/** Handler for `GET /metrics`. */
export function metricsHandler(metrics: Metrics): Handler<HttpEnv> {
  return async (c) => c.body(await metrics.text(), 200, { 'Content-Type': prometheus.Registry.PROMETHEUS_CONTENT_TYPE })
}
