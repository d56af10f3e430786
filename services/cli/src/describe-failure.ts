import { explainFailure, type Reach } from '@licenseoperator/billing'
import { ConfigError, describeConfigError } from '@licenseoperator/config'
import { DomainError } from '@licenseoperator/domain'
import { CannotListen } from '@licenseoperator/http'
import { SigningKeyError } from '@licenseoperator/signing'
import { exitCodeOf, exitCodes } from './exit-codes.ts'
import { UsageError } from './usage-error.ts'

/** How a command that failed is told: to a person, to a program, and by the exit code. */
export interface DescribedFailure {
  readonly exitCode: number
  /** One line; only a configuration has one for each problem. */
  readonly text: string
  readonly json: { readonly error: string; readonly code: string } & Readonly<Record<string, unknown>>
}

/**
 * What is said of any error: which service it is about, where that is, and why; or the refusal itself. Errors that are not ours may carry SQL, values and
 * secrets: only their names are shown.
 */
export function describeFailure(error: unknown, reach: Reach): DescribedFailure {
  if (error instanceof ConfigError) {
    const json = { error: 'the configuration is not usable', code: 'config', problems: error.problems }
    return { exitCode: exitCodes.config, text: describeConfigError(error), json }
  }
  const failed = (exitCode: number, text: string, code: string, more: object = {}): DescribedFailure => ({
    exitCode,
    text,
    json: { error: text, code, ...more },
  })
  if (error instanceof UsageError || isCacError(error)) return failed(exitCodes.usage, error.message, 'usage')
  // A refusal says itself what is wrong; that a service was behind it only matters when that is why.
  if (error instanceof DomainError && error.code !== 'temporarily_unavailable')
    return failed(exitCodeOf(error), error.message, error.code, error.field === undefined ? {} : { field: error.field })
  const service = explainFailure(error, reach)
  if (service !== undefined) {
    const { sentence, service: name, address, code: cause } = service
    return failed(exitCodes.failed, sentence, 'temporarily_unavailable', { service: name, address, cause })
  }
  if (error instanceof DomainError) return failed(exitCodes.failed, error.message, error.code)
  if (error instanceof SigningKeyError || error instanceof CannotListen)
    return failed(exitCodes.failed, error.message, error.code)
  return failed(exitCodes.failed, `failed (${error instanceof Error ? error.name : 'unknown error'})`, 'internal')
}

function isCacError(error: unknown): error is Error {
  return error instanceof Error && error.name === 'CACError'
}
