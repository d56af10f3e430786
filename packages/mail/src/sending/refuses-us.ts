/** What a server said no to. */
export interface Refusal {
  /** Command it answered, as nodemailer names it: `DATA` stands for the message too. */
  readonly command: string
  readonly code: number
  /** All it said. */
  readonly response: string
}

/** It is leaving (RFC 5321 3.8), wants a login (530), refuses ours (535) or wants encryption (538), whatever it is asked (RFC 4954 6). */
const CODES_OF_US = new Set([421, 530, 535, 538])
/** The sender's address is wrong (X.1.7, X.1.8, RFC 3463), or not ours to send from (Exchange's 5.7.60). */
const ENHANCED_OF_US = /^[45]\.(?:1\.[78]|7\.60)$/
/** Postfix judges whoever sends only when it hears the recipient. */
const WORDS_OF_US = /\b(?:sender address|client host|helo command) rejected\b/i

/**
 * Whether a server refuses whoever sends and not this mail: the next one would fare no better, and all can go out once the operator has mended that.
 */
export function refusesUs({ command, code, response }: Refusal): boolean {
  if (CODES_OF_US.has(code) || (command !== 'RCPT TO' && command !== 'DATA')) return true
  const enhanced = /^\d{3}[ -](?<enhanced>[45]\.\d{1,3}\.\d{1,3})\b/.exec(response)?.groups?.enhanced
  if (enhanced !== undefined && ENHANCED_OF_US.test(enhanced)) return true
  // An address or its domain may hold any word.
  const words = response.replaceAll(/\S+@\S+/g, '')
  if (command !== 'RCPT TO') return false
  // "User unknown in relay recipient table" is the recipient's own 5.1.1.
  const ofPolicy = enhanced === undefined || /^[45]\.7\./.test(enhanced)
  return WORDS_OF_US.test(words) || (ofPolicy && /\brelay/i.test(words))
}
