/** Headers of every answer that is a license: a file to save, and nothing a cache may keep. */
export function licenseHeaders(licenseId: string): Record<string, string> {
  return {
    'content-type': 'text/plain; charset=utf-8',
    'content-disposition': `attachment; filename="${licenseId}.lic"`,
    'cache-control': 'no-store',
  }
}
