import { bashScript } from '../completion/bash-script.ts'
import { completables } from '../completion/completable.ts'
import { fishScript } from '../completion/fish-script.ts'
import { zshScript } from '../completion/zsh-script.ts'
import type { Command, Topic } from '../context.ts'
import { exitCodes } from '../exit-codes.ts'
import { didYouMean, suggestion } from '../suggest.ts'
import { UsageError } from '../usage-error.ts'

const scripts = { bash: bashScript, zsh: zshScript, fish: fishScript }
const shells = Object.keys(scripts)

export function completion(topics: () => readonly Topic[]): Command {
  return {
    name: 'completion <shell>',
    description: 'Print a script that makes bash, zsh or fish complete commands and flags',
    choices: shells,
    flags: [],
    examples: [
      'source <(licenseoperator completion bash)',
      'licenseoperator completion bash > bash-completion',
      'licenseoperator completion zsh > _licenseoperator',
      'licenseoperator completion fish > licenseoperator.fish',
    ],
    outputs: [],
    run: (context, [shell = '']) => {
      const script = Object.entries(scripts).find(([name]) => name === shell)?.[1]
      if (script === undefined)
        throw new UsageError(`the shell must be bash, zsh or fish${didYouMean(suggestion(shell, shells))}`)
      context.printRaw(script(completables(topics())).trimEnd())
      return Promise.resolve(exitCodes.done)
    },
  }
}
