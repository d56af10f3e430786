import { type Completable, valuedFlags } from './completable.ts'

/**
 * Completion for fish, with descriptions.
 *
 * @see https://fishshell.com/docs/current/completions.html
 */
export function fishScript(all: readonly Completable[]): string {
  const known = all.filter(({ after }) => after !== '')
  const lines = all.flatMap(({ after, words, flags }) => {
    const start = `complete -c licenseoperator -n ${quoted(`__licenseoperator_after ${quoted(after)}`)}`
    return [
      ...words.map(({ name, description }) => `${start} -f -a ${name} -d ${quoted(description)}`),
      ...flags.map(({ name, description, takesValue, choices }) => {
        const value = choices.length > 0 ? ` -x -a ${quoted(choices.join(' '))}` : takesValue ? ' -r' : ''
        return `${start} -l ${name}${value} -d ${quoted(description)}`
      }),
    ]
  })
  return `# fish completion of licenseoperator. For this shell: licenseoperator completion fish | source
function __licenseoperator_after -d 'whether these words, flags aside, are what was typed so far'
  set -l valued ${valuedFlags(all).join(' ')}
  set -l after ''
  set -l before ''
  for word in (commandline -opc)[2..]
    if not string match -q -- '-*' $word; and not contains -- "$before" $valued
      switch "$after $word"
${known.map(({ after }) => `        case ${quoted(after.includes(' ') ? after : ` ${after}`)}\n          set after ${quoted(after)}`).join('\n')}
      end
    end
    set before $word
  end
  test "$after" = "$argv[1]"
end
${lines.join('\n')}
`
}

function quoted(text: string): string {
  return `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`
}
