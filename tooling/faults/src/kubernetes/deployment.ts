import { setTimeout as sleep } from 'node:timers/promises'
import type { Environment } from '@licenseoperator/demo'
import type { Pod } from '@licenseoperator/deploy'
import type { Balancer } from '../campaign/balancer.ts'
import { RunningPod } from './kubelet.ts'

/** How long after its readiness has changed proxies still treat a pod as before. */
const PROXIES_HEAR_AFTER_MS = 2000
const LOOK_EVERY_MS = 100

/** A Deployment with `maxSurge: 1` and `maxUnavailable: 0`, and the Service in front of it. */
export class Deployment {
  readonly #pod: Pod
  readonly #environment: Environment
  readonly #service: Balancer | undefined
  readonly #looking = new AbortController()
  #pods: RunningPod[] = []
  #made = 0
  /** All that ever ran. */
  readonly history: RunningPod[] = []

  /** @param service  absent for what nobody sends requests */
  constructor(pod: Pod, environment: Environment, service?: Balancer) {
    this.#pod = pod
    this.#environment = environment
    this.#service = service
  }

  async start(): Promise<void> {
    this.#pods = await Promise.all(Array.from({ length: this.#pod.replicas }, () => this.#add()))
  }

  /**
   * Replaces every pod: one more is started, and when it is ready an old one is told to leave, while the next is started. Proxies learn that a pod leaves
   * by its readiness alone, which is later than in a cluster, where its endpoint goes when it is deleted.
   *
   * @returns exit codes of those that left
   */
  async roll(): Promise<(number | null)[]> {
    const leaving: Promise<number | null>[] = []
    for (const old of this.#pods) {
      const next = await this.#add()
      this.#pods = [...this.#pods.filter((one) => one !== old), next]
      leaving.push(old.terminate())
    }
    return Promise.all(leaving)
  }

  async stop(): Promise<void> {
    this.#looking.abort()
    await Promise.all(this.#pods.map((pod) => pod.terminate()))
  }

  /** Settles when it is ready. */
  async #add(): Promise<RunningPod> {
    this.#made += 1
    const pod = await RunningPod.start(this.#pod, `${this.#pod.name}-${this.#made}`, this.#environment)
    this.history.push(pod)
    void this.#route(pod)
    while (!pod.ready) {
      if (pod.crashed) throw new Error(`${pod.name} ended before it was ready`)
      await sleep(LOOK_EVERY_MS)
    }
    return pod
  }

  /** Tells the Service of every change of the pod's readiness, as late as proxies hear of it. */
  async #route(pod: RunningPod): Promise<void> {
    const { http } = pod.ports
    if (this.#service === undefined || http === undefined) return
    for (let told = false; !this.#looking.signal.aborted; await sleep(LOOK_EVERY_MS)) {
      if (pod.ready === told) continue
      told = pod.ready
      await sleep(PROXIES_HEAR_AFTER_MS)
      this.#service.send(http, told)
    }
  }
}
