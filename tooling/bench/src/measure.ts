/** Work per second of `work`, done by `concurrency` loops side by side for the given time after a warm-up. */
export async function perSecond(
  concurrency: number,
  durationMs: number,
  work: (index: number) => Promise<unknown> | unknown,
): Promise<number> {
  let index = 0
  const run = async (ms: number) => {
    const end = performance.now() + ms
    let done = 0
    const loop = async () => {
      while (performance.now() < end) {
        await work(index++)
        done += 1
      }
    }
    const start = performance.now()
    await Promise.all(Array.from({ length: concurrency }, loop))
    return (done * 1000) / (performance.now() - start)
  }
  await run(durationMs / 5)
  return run(durationMs)
}

export interface Result {
  readonly name: string
  readonly floorName: string
  readonly perSecond: number
  readonly floorPerSecond: number
  readonly target: number
}

export function line(result: Result): string {
  const ratio = result.perSecond / result.floorPerSecond
  const verdict = ratio >= result.target ? 'reached' : 'below'
  return [
    result.name.padEnd(28),
    result.perSecond.toFixed(0).padStart(8),
    '/s   floor',
    result.floorPerSecond.toFixed(0).padStart(8),
    `/s   ratio ${ratio.toFixed(2)}   target ${result.target.toFixed(2)} ${verdict}   (${result.floorName})`,
  ].join(' ')
}

/** Measures several things in turn, several times, and keeps the best of each: what the machine can do when nothing else disturbs it. */
export async function perSecondOver(rounds: number, measurements: readonly (() => Promise<number>)[]): Promise<number[]> {
  const best = measurements.map(() => 0)
  for (let round = 0; round < rounds; round += 1) {
    for (const [index, measure] of measurements.entries()) best[index] = Math.max(best[index] ?? 0, await measure())
  }
  return best
}
