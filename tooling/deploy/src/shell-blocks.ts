/** What a block needs that CI has not. */
const NEEDS = ['docker', 'stripe'] as const
export type Need = (typeof NEEDS)[number]

export interface ShellBlock {
  /** Of its first line in the document. */
  readonly line: number
  readonly needs: Need | undefined
  readonly text: string
}

/**
 * The shell blocks of a document, in order: those whose info string is `sh`, and `sh docker` or `sh stripe`.
 *
 * @throws Error for any other mark of a shell block: it would be run where it cannot, or not be run without anybody's knowledge
 */
export function shellBlocks(document: string): ShellBlock[] {
  const blocks: ShellBlock[] = []
  let open: { info: string; line: number; lines: string[] } | undefined
  for (const [index, line] of document.split('\n').entries()) {
    const fence = /^```(.*)$/.exec(line)
    if (fence === null) open?.lines.push(line)
    else if (open === undefined) open = { info: fence[1] ?? '', line: index + 2, lines: [] }
    else {
      const [language = '', ...marks] = open.info.split(' ')
      if (/^(sh|bash|shell|console)$/.test(language))
        blocks.push({ line: open.line, needs: needOf(open.info, language, marks), text: open.lines.join('\n') })
      open = undefined
    }
  }
  if (open !== undefined) throw new Error(`the block of line ${open.line} does not end`)
  return blocks
}

function needOf(info: string, language: string, marks: readonly string[]): Need | undefined {
  const [mark, ...more] = marks
  const need = NEEDS.find((one) => one === mark)
  if (language !== 'sh' || more.length > 0 || (mark !== undefined && need === undefined))
    throw new Error(`a shell block is marked "${info}": it must be sh, or sh and one of ${NEEDS.join(', ')}`)
  return need
}
