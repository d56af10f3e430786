import { type Flag, outputs } from './context.ts'

/** Flags that every command takes. */
export const everywhere: readonly Flag[] = [
  ['--config <file>', 'Configuration file (default CONFIG_FILE, else config/config.yaml)'],
  ['--output <format>', 'For people or for programs (default table)', { choices: outputs }],
  ['--json', 'The same as --output json'],
  ['--quiet', 'Say nothing beside the output but what went wrong'],
  ['--no-color', 'No colours; NO_COLOR and FORCE_COLOR are heeded as well'],
  ['--help', 'This help'],
]

/** The name of a flag in cac's notation, without its dashes. */
export function flagName([flag]: Flag): string {
  return flag.replace(/^--/, '').replace(/ .*$/, '')
}

/** Whether a flag takes no value. */
export function isSwitch([flag]: Flag): boolean {
  return !flag.includes('<')
}
