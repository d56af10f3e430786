import type { Context } from './context.ts'

const WIDTH = 30

/**
 * Shows how far a long job is, in one line that replaces itself; silent when no terminal watches. Own lines: cli-progress wants a stream, and the
 * one that turns it into our `status` is longer than this.
 */
export function progressBar(context: Context, total: number): { advance(by: number): void; end(): void } {
  const { status } = context
  let done = 0
  let shown = -1
  return {
    advance(by) {
      done += by
      const percent = total === 0 ? 100 : Math.min(100, Math.floor((done * 100) / total))
      if (status === undefined || percent === shown) return
      shown = percent
      const filled = Math.round((percent * WIDTH) / 100)
      status(`[${'#'.repeat(filled)}${'-'.repeat(WIDTH - filled)}] ${percent} %, ${done} of ${total}`)
    },
    end: () => status?.(''),
  }
}
