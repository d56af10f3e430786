import { readdirSync, readFileSync } from 'node:fs'

/** The last process below one: buildah starts ours through helpers of its own, and would end them by force. */
export function leafProcess(pid: number): number {
  const children = new Map<number, number>()
  for (const name of readdirSync('/proc')) {
    const parent = /^\d+$/.test(name) ? parentOf(name) : undefined
    if (parent !== undefined) children.set(parent, Number(name))
  }
  let leaf = pid
  for (let next = children.get(leaf); next !== undefined; next = children.get(leaf)) leaf = next
  return leaf
}

function parentOf(pid: string): number | undefined {
  try {
    // The name in brackets may hold anything; state and parent follow it.
    return Number(readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ').at(-1)?.split(' ')[1])
  } catch {
    // It has ended since the folder was read.
    return undefined
  }
}
