import type { ChildProcess } from 'node:child_process'
import { get } from 'node:http'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { API, type Environment, freePort, INGEST, type RunningProcess, runProcess } from '@licenseoperator/demo'
import type { Pod } from '@licenseoperator/deploy'

type Probe = NonNullable<Pod['container']['readinessProbe']>

/** The program that an image's entry point starts. */
const programs: Readonly<Record<string, string>> = {
  'licenseoperator/api': API,
  'licenseoperator/webhook-ingest': INGEST,
}

/**
 * One container of a manifest as a process: its arguments and variables, ports apart, which are free ones of this host; its probes by their paths,
 * periods, timeouts and thresholds; SIGTERM at its end and SIGKILL when the grace period is over.
 */
export class RunningPod {
  readonly name: string
  /** By the names of the container's ports. */
  readonly ports: Readonly<Record<string, number>>
  /** Whether the readiness probe says yes. */
  ready = false
  /** Set when it had to be killed. */
  killed = false
  readonly #pod: Pod
  readonly #process: RunningProcess
  readonly #child: ChildProcess
  #leaving = false

  private constructor(pod: Pod, name: string, ports: Readonly<Record<string, number>>, started: ReturnType<typeof runProcess>) {
    this.#pod = pod
    this.name = name
    this.ports = ports
    this.#process = started.running
    this.#child = started.child
  }

  /** Starts it; settles when its startup probe has been content. @throws Error when it ends or fails the probe for too long */
  static async start(pod: Pod, name: string, environment: Environment): Promise<RunningPod> {
    const { image, args, ports: declared, startupProbe } = pod.container
    const script = programs[image]
    if (script === undefined || startupProbe === undefined)
      throw new Error(`${pod.name}: no program or no startup probe for ${image}`)
    const ports: Record<string, number> = {}
    const addresses: Record<string, string> = {}
    for (const { name: port, containerPort } of declared) {
      ports[port] = await freePort()
      const variable = Object.keys(pod.env).find((one) => pod.env[one] === `:${containerPort}`)
      if (variable === undefined) throw new Error(`${pod.name}: no variable has it listen on ${containerPort}`)
      addresses[variable] = `127.0.0.1:${ports[port]}`
    }
    // What has no port in the manifest is asked by nobody.
    const unasked = 'http' in ports ? {} : { LICENSEOPERATOR_INGEST_ADDR: `127.0.0.1:${await freePort()}` }
    const env = { ...environment.env, ...unasked, ...pod.env, ...addresses }
    const logFile = join(environment.folder, `${name}.log`)
    const running = new RunningPod(pod, name, ports, runProcess({ name, script, args, env, logFile }))
    await running.#started(startupProbe)
    void running.#probeReadiness()
    return running
  }

  /** Tells it to leave and waits until it has. @returns its exit code, `null` when it had to be killed */
  async terminate(): Promise<number | null> {
    this.#leaving = true
    this.#child.kill('SIGTERM')
    const late = new AbortController()
    const kill = sleep(this.#pod.graceSeconds * 1000, undefined, { signal: late.signal }).then(
      () => {
        this.killed = this.#child.kill('SIGKILL')
      },
      // It left in time.
      () => undefined,
    )
    const code = await this.#process.ended
    late.abort()
    await kill
    return code
  }

  /** It ended and nobody had told it to. */
  get crashed(): boolean {
    return !this.#leaving && this.#child.exitCode !== null
  }

  async #started(probe: Probe): Promise<void> {
    for (let failures = 0; failures < probe.failureThreshold; failures += 1) {
      if (await this.#asks(probe)) return
      if (this.#child.exitCode !== null) break
      await sleep(probe.periodSeconds * 1000)
    }
    this.#child.kill('SIGKILL')
    throw new Error(`${this.name} did not start; its log is ${this.#process.logFile}`)
  }

  /** It is asked until its last moment, as a cluster does with pods that leave. */
  async #probeReadiness(): Promise<void> {
    const { readinessProbe: probe } = this.#pod.container
    if (probe === undefined) throw new Error(`${this.#pod.name} has no readiness probe`)
    for (let failures = 0; this.#child.exitCode === null && !this.killed; ) {
      const yes = await this.#asks(probe)
      failures = yes ? 0 : failures + 1
      if (yes) this.ready = true
      else if (failures >= probe.failureThreshold) this.ready = false
      await sleep(probe.periodSeconds * 1000)
    }
    this.ready = false
  }

  #asks({ httpGet: { path, port }, timeoutSeconds }: Probe): Promise<boolean> {
    return new Promise((resolve) => {
      const timeout = timeoutSeconds * 1000
      const asked = get({ host: '127.0.0.1', port: this.ports[port], path, agent: false, timeout }, (answer) => {
        answer.resume()
        resolve(answer.statusCode !== undefined && answer.statusCode < 400)
      })
      asked.on('timeout', () => asked.destroy())
      asked.on('error', () => resolve(false))
    })
  }
}
