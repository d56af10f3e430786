/** What the delivery engine still has to do: under way now, delayed by a switch, or waiting for a retry. */
export type WorkKind = 'now' | 'delayed' | 'retries'

export interface PendingWork {
  count(kind: WorkKind, by: number): void
  /** True once nothing is pending; false when `timeoutMs` passed first. */
  idle(timeoutMs: number, ignoreRetries: boolean): Promise<boolean>
  clear(): void
}

export function createPendingWork(): PendingWork {
  const pending: Record<WorkKind, number> = { now: 0, delayed: 0, retries: 0 }
  const watchers = new Set<() => void>()
  const notify = () => {
    for (const watcher of [...watchers]) watcher()
  }
  return {
    count(kind, by) {
      pending[kind] += by
      notify()
    },
    idle(timeoutMs, ignoreRetries) {
      const isIdle = () => pending.now === 0 && pending.delayed === 0 && (ignoreRetries || pending.retries === 0)
      if (isIdle()) return Promise.resolve(true)
      return new Promise((resolve) => {
        const finish = (idle: boolean) => {
          watchers.delete(check)
          clearTimeout(timer)
          resolve(idle)
        }
        const check = () => isIdle() && finish(true)
        const timer = setTimeout(() => finish(false), timeoutMs)
        watchers.add(check)
      })
    },
    clear() {
      Object.assign(pending, { now: 0, delayed: 0, retries: 0 })
      notify()
    },
  }
}
