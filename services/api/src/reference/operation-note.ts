import type { ErrorCode, Surface } from '@licenseoperator/domain'

/** One refusal as the service words it; a contract test makes it happen. */
export interface RefusalExample {
  /** When this is the answer: the name that the reference page shows. */
  readonly when: string
  readonly code: ErrorCode
  /** The sentence, to the letter. */
  readonly error: string
  readonly field?: string
  /** Fields beside those of every refusal. */
  readonly more?: Readonly<Record<string, string | number>>
}

/** What the reference says of an operation beyond what its route validates. */
export interface OperationNote {
  /** When to use it and what it does to whom. Markdown. */
  readonly description: string
  readonly caller: 'anyone' | 'signed in' | 'member' | 'sysadmin'
  /** Surface that a narrowed token must name. */
  readonly scope?: Surface
  /** Strangers are answered as if there were nothing, instead of that they may not. */
  readonly hidden?: true
  /** The route's `failAs` text: what a 500 says. */
  readonly failed: string
  /** Values of path and query parameters with which the operation answers as described, in `pnpm dev` too. */
  readonly parameters?: Readonly<Record<string, string>>
  /** A body, where the example of its schema is another operation's. */
  readonly body?: Readonly<Record<string, unknown>>
  /** The refusals that are this operation's own, by a name that is unique in it; its status follows from the code. */
  readonly refusals?: Readonly<Record<string, RefusalExample>>
}

/** A year's license of the group, as `pnpm dev` has it from the start. */
export const EXAMPLE_LICENSE_ID = 'L-01JZX3F9T5M2Q8V7K4N6R0B1CD'
