/** Exit code of a program whose configuration is wrong (sysexits.h). */
export const EX_CONFIG = 78

export interface ConfigProblem {
  /** Key path as in the file, e.g. `stripe.api_key` or `security[0].product_key`; the file's own path when it is at fault as a whole. */
  readonly path: string
  /** What is wrong; never the value. */
  readonly message: string
}

/** Everything that is wrong with a configuration, at once. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError'
  readonly problems: readonly ConfigProblem[]

  constructor(problems: readonly ConfigProblem[]) {
    super(`configuration: ${problems.map((problem) => `${problem.path}: ${problem.message}`).join('; ')}`)
    this.problems = problems
  }
}

/** One line per problem, for the terminal. */
export function describeConfigError(error: ConfigError): string {
  const lines = error.problems.map((problem) => `  ${problem.path}: ${problem.message}`)
  return ['the configuration is not usable:', ...lines].join('\n')
}
