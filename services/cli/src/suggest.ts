import { distance } from 'fastest-levenshtein'

/** Typing errors that a word may have and still be recognised. Two letters that changed places count as two, so a word of five may have them. */
const errorsIn = ({ length }: string) => (length < 5 ? 1 : Math.max(2, Math.floor(length / 3)))

/**
 * What was probably meant.
 *
 * @param known  what it could have been
 * @returns the nearest, the earlier of two that are as near; `undefined` when nothing is near
 */
export function suggestion(word: string, known: readonly string[]): string | undefined {
  const near = known
    .map((candidate) => ({ candidate, errors: distance(word.toLowerCase(), candidate) }))
    .filter(({ errors }) => errors <= errorsIn(word))
    .sort((a, b) => a.errors - b.errors)
  return near[0]?.candidate
}

/** What follows the sentence that refuses a word; empty when there is nothing to propose. */
export function didYouMean(meant: string | undefined): string {
  return meant === undefined ? '' : `. Did you mean ${meant}?`
}
