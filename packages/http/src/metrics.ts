import type { Handler } from 'hono'
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
  text(): string
}

const latencyBuckets = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10]

/** Starts with the process's memory and start time. */
export function createMetrics(): Metrics {
  const families = new Map<string, () => string[]>()
  const add = (name: string, kind: string, help: string, lines: () => string[]) => {
    if (!/^[a-z][a-z0-9_]*$/.test(name) || families.has(name)) throw new Error(`metric ${name}: bad or repeated name`)
    families.set(name, () => [`# HELP ${name} ${help}`, `# TYPE ${name} ${kind}`, ...lines()])
  }
  const samples = (name: string, kind: string, help: string) => {
    const values = new Map<string, number>()
    add(name, kind, help, () => [...values].map(([labels, value]) => `${name}${braced(labels)} ${value}`))
    return values
  }
  const metrics: Metrics = {
    counter(name, help) {
      const values = samples(name, 'counter', help)
      return { inc: (labels, by = 1) => void values.set(written(labels), (values.get(written(labels)) ?? 0) + by) }
    },
    gauge(name, help) {
      const values = samples(name, 'gauge', help)
      return { set: (labels, value) => void values.set(written(labels), value) }
    },
    gaugeOf(name, help, read) {
      add(name, 'gauge', help, () => [`${name} ${read()}`])
    },
    histogram(name, help, _labels, buckets = latencyBuckets) {
      const series = new Map<string, { counts: number[]; sum: number; count: number }>()
      add(name, 'histogram', help, () =>
        [...series].flatMap(([labels, { counts, sum, count }]) => [
          ...buckets.map((le, i) => `${name}_bucket${braced(labels, `le="${le}"`)} ${counts[i] ?? 0}`),
          `${name}_bucket${braced(labels, 'le="+Inf"')} ${count}`,
          `${name}_sum${braced(labels)} ${sum}`,
          `${name}_count${braced(labels)} ${count}`,
        ]),
      )
      return {
        observe(labels, value) {
          const key = written(labels)
          const seen = series.get(key) ?? { counts: buckets.map(() => 0), sum: 0, count: 0 }
          seen.counts = seen.counts.map((count, i) => count + (value <= (buckets[i] ?? 0) ? 1 : 0))
          seen.sum += value
          seen.count += 1
          series.set(key, seen)
        },
      }
    },
    text: () =>
      [...families.values()]
        .flatMap((lines) => lines())
        .join('\n')
        .concat('\n'),
  }
  metrics.gaugeOf('process_resident_memory_bytes', 'Resident memory', () => process.memoryUsage.rss())
  metrics.gaugeOf('process_start_time_seconds', 'Start of the process, Unix time', () =>
    Math.round(Date.now() / 1000 - process.uptime()),
  )
  return metrics
}

/** Handler for `GET /metrics`. */
export function metricsHandler(metrics: Metrics): Handler<HttpEnv> {
  return (c) => c.body(metrics.text(), 200, { 'Content-Type': 'text/plain; version=0.0.4; charset=utf-8' })
}

function written(labels: Readonly<Record<string, string>>): string {
  const escaped = (value: string) => value.replaceAll('\\', '\\\\').replaceAll('\n', '\\n').replaceAll('"', '\\"')
  return Object.entries(labels)
    .map(([name, value]) => `${name}="${escaped(value)}"`)
    .join(',')
}

function braced(...labels: string[]): string {
  const inside = labels.filter((label) => label !== '').join(',')
  return inside === '' ? '' : `{${inside}}`
}
