import { readFileSync } from 'node:fs'

/** A package manager, or the shell in which it runs a script. */
const RUNNER = /^(?:(?:\S*\/)?(?:npm|npx|pnpm)\b|(?:\S*\/)?(?:sh|dash|bash)\0-c\0)/

/**
 * The processes between us and whoever typed the command, nearest first: `npx pnpm dev` is four of them. They do not pass a signal on, so who wants
 * to end with them has to look. Empty where there is no /proc.
 */
export function runnersAbove(): number[] {
  const found: number[] = []
  for (let pid = process.ppid; pid > 1; ) {
    const seen = look(pid)
    if (seen === undefined || !RUNNER.test(seen.command)) break
    found.push(pid)
    pid = seen.parent
  }
  return found
}

export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    // Somebody else's is alive too.
    return error instanceof Error && 'code' in error && error.code === 'EPERM'
  }
}

function look(pid: number): { command: string; parent: number } | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
    const [, parent] = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
    return { command: readFileSync(`/proc/${pid}/cmdline`, 'utf8'), parent: Number(parent) }
  } catch {
    // It has gone, or there is no /proc.
    return undefined
  }
}
