import { type Completable, type Proposal, valuedFlags } from './completable.ts'

/**
 * Completion for zsh, with descriptions.
 *
 * @see https://zsh.sourceforge.io/Doc/Release/Completion-System.html
 */
export function zshScript(all: readonly Completable[]): string {
  const known = all.filter(({ after }) => after !== '')
  const words = all
    .filter((completable) => completable.words.length > 0)
    .map((completable) => row(completable.after, 'proposals', completable.words))
  const flags = all
    .filter((completable) => completable.flags.length > 0)
    .map((completable) =>
      row(
        completable.after,
        'flags',
        completable.flags.map((flag) => ({ ...flag, name: `--${flag.name}` })),
      ),
    )
  const choices = all.flatMap(({ after, flags: ofThis }) =>
    ofThis
      .filter((flag) => flag.choices.length > 0)
      .map((flag) => `      '${after} --${flag.name}') compadd -- ${flag.choices.join(' ')}; return ;;`),
  )
  return `#compdef licenseoperator
# zsh completion of licenseoperator. For this shell: source <(licenseoperator completion zsh); for all: as _licenseoperator in a folder of $fpath
_licenseoperator() {
  local after='' before='' word
  local -a proposals flags valued
  valued=(${valuedFlags(all).join(' ')})
  for word in "\${(@)words[2,CURRENT-1]}"; do
    if [[ $word != -* ]] && (( ! \${valued[(Ie)$before]} )); then
      case "$after $word" in
${known.map(({ after }) => `        '${after.includes(' ') ? after : ` ${after}`}') after='${after}' ;;`).join('\n')}
      esac
    fi
    before=$word
  done
  if (( \${valued[(Ie)$before]} )); then
    case "$after $before" in
${choices.join('\n')}
    esac
    _files
    return
  fi
  case "$after" in
${words.join('\n')}
  esac
  case "$after" in
${flags.join('\n')}
  esac
  if [[ \${words[CURRENT]} == -* ]]; then
    _describe 'flag' flags
  elif (( $#proposals )); then
    _describe 'command' proposals
  else
    _files
  fi
}
if [[ $funcstack[1] == _licenseoperator ]]; then
  _licenseoperator "$@"
else
  compdef _licenseoperator licenseoperator
fi
`
}

function row(after: string, variable: string, proposals: readonly Proposal[]): string {
  return `    '${after}') ${variable}=(${proposals.map(described).join(' ')}) ;;`
}

/** `name:description`, quoted; a colon of a name would end it, and no name has one. */
function described({ name, description }: Proposal): string {
  return quoted(description === '' ? name : `${name}:${description}`)
}

function quoted(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`
}
