/** One stated fault: a change of one place in the sources that breaks a rule, and the tests that must notice it. */
export interface Mutant {
  /** The rule that the change breaks, in words. */
  readonly rule: string
  /** Path of the source from the repository's root. */
  readonly file: string
  /** What stands there: found in the file exactly once. */
  readonly find: string
  /** What is planted in its place; valid TypeScript, so that a test fails and not the compiler. */
  readonly put: string
  /** Test files from the repository's root; at least one of their tests must fail. */
  readonly tests: readonly string[]
}
