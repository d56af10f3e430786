import { type Completable, valuedFlags } from './completable.ts'

/**
 * Completion for bash, without the bash-completion package. Where it has nothing to propose bash does, with names of files.
 *
 * @see https://www.gnu.org/software/bash/manual/html_node/Programmable-Completion.html
 */
export function bashScript(all: readonly Completable[]): string {
  const words = all
    .filter((completable) => completable.words.length > 0)
    .map((completable) => row(`'${completable.after}'`, 'words', names(completable.words)))
  const flags = all
    .filter((completable) => completable.flags.length > 0)
    .map((completable) => row(`'${completable.after}'`, 'flags', completable.flags.map(({ name }) => `--${name}`).join(' ')))
  const choices = all.flatMap(({ after, flags: ofThis }) =>
    ofThis
      .filter((flag) => flag.choices.length > 0)
      .map(({ name, choices: values }) => row(`'${after} --${name}'`, 'words', values.join(' '))),
  )
  return `# bash completion of licenseoperator. For this shell: source <(licenseoperator completion bash)
_licenseoperator() {
  local cur=\${COMP_WORDS[COMP_CWORD]} prev=\${COMP_WORDS[COMP_CWORD-1]} after='' words='' flags='' word='' before='' i
  local valued=' ${valuedFlags(all).join(' ')} '
  # \`--flag=value\` is three words to bash.
  if [[ $cur == '=' ]]; then cur=''
  elif [[ $prev == '=' ]]; then prev=\${COMP_WORDS[COMP_CWORD-2]}
  fi
  for ((i = 1; i < COMP_CWORD; i++)); do
    word=\${COMP_WORDS[i]}
    [[ $word == '=' ]] && continue
    if [[ $word != -* && $valued != *" $before "* ]]; then
      case "$after $word" in
${all
  .filter(({ after }) => after !== '')
  .map(({ after }) => `        '${after.includes(' ') ? after : ` ${after}`}') after='${after}' ;;`)
  .join('\n')}
      esac
    fi
    before=$word
  done
  if [[ $prev == --* && $valued == *" $prev "* ]]; then
    case "$after $prev" in
${choices.join('\n')}
    esac
    COMPREPLY=($(compgen -W "$words" -- "$cur"))
    return
  fi
  case "$after" in
${words.join('\n')}
  esac
  case "$after" in
${flags.join('\n')}
  esac
  [[ $cur == -* ]] && words=$flags
  COMPREPLY=($(compgen -W "$words" -- "$cur"))
}
complete -o default -F _licenseoperator licenseoperator
`
}

function row(pattern: string, variable: string, value: string): string {
  return `    ${pattern}) ${variable}='${value}' ;;`
}

function names(proposals: readonly { name: string }[]): string {
  return proposals.map(({ name }) => name).join(' ')
}
