/**
 * A license text or payload that breaks the format. Thrown by `signLicense`, which refuses to sign what no verifier would accept;
 * `verifyLicense` turns it into the verdict `malformed`.
 */
export class MalformedLicenseError extends Error {
  override readonly name = 'MalformedLicenseError'
  readonly code = 'malformed_license'
}
