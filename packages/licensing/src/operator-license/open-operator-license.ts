import { unwatchFile, watchFile } from 'node:fs'
import { readFile } from 'node:fs/promises'
import type { Log } from '@licenseoperator/domain'
import { createKeyRing, type LicenseVerdict, loadVerificationKey, SigningKeyError, verifyLicense } from '@licenseoperator/signing'
import { noOperatorLicense, type OperatorLicense, type OperatorLicenseState } from './operator-license.ts'

export interface OperatorLicenseOptions {
  /** Absent: the guard is off. */
  readonly filePath: string | undefined
  readonly publicKeyPem: string | undefined
  /** Compared without a leading dot and without regard to case; absent: any. */
  readonly expectedDomain: string | undefined
  /** Days after its end in which the license still counts. */
  readonly graceDays: number
  readonly refreshIntervalMs: number
  readonly log: Log
  readonly now: () => Date
  /** How often the file's date is looked at. */
  readonly watchEveryMs?: number
}

export interface WatchedOperatorLicense extends OperatorLicense {
  /** Reads the file again now. */
  refresh(): Promise<void>
  close(): void
}

/**
 * The operator's own license from its file, read again at the interval and when the file changes. Its dates are judged whenever somebody asks, so it
 * expires at its time and not at the next reading.
 *
 * The file is polled: a mounted configuration is replaced by swapping a link, which file system events miss.
 */
export async function openOperatorLicense(options: OperatorLicenseOptions): Promise<WatchedOperatorLicense> {
  const { filePath, refreshIntervalMs, watchEveryMs = 2000 } = options
  if (filePath === undefined) return { ...noOperatorLicense, refresh: async () => undefined, close: () => undefined }
  const guard = new FileGuard(options, filePath)
  const again = () => void guard.refresh()
  // Watched before it is read: a file replaced in between would otherwise go unnoticed until the interval.
  watchFile(filePath, { interval: watchEveryMs, persistent: false }, again)
  const timer = setInterval(again, refreshIntervalMs)
  timer.unref()
  await guard.refresh()
  return {
    state: () => guard.state(),
    seatLimit: () => guard.seatLimit(),
    refresh: () => guard.refresh(),
    close: () => {
      clearInterval(timer)
      unwatchFile(filePath, again)
    },
  }
}

class FileGuard {
  readonly #options: OperatorLicenseOptions
  readonly #filePath: string
  #text: string | undefined
  #announced: OperatorLicenseState = 'off'

  constructor(options: OperatorLicenseOptions, filePath: string) {
    this.#options = options
    this.#filePath = filePath
  }

  async refresh(): Promise<void> {
    try {
      this.#text = await readFile(this.#filePath, 'utf8')
    } catch {
      this.#text = undefined
    }
    this.state()
  }

  state(): OperatorLicenseState {
    const { state, reason } = this.#judge()
    if (state !== this.#announced) this.#tell(state, reason)
    return state
  }

  seatLimit(): number | undefined {
    const { verdict } = this.#judge()
    return verdict?.status === 'valid' ? verdict.license.seats : undefined
  }

  #judge(): { state: OperatorLicenseState; reason: string; verdict?: LicenseVerdict } {
    const { publicKeyPem, expectedDomain, graceDays, now } = this.#options
    if (this.#text === undefined) return { state: 'error', reason: 'license.file_path cannot be read' }
    if (publicKeyPem === undefined) return { state: 'error', reason: 'license.public_key_pem is not set' }
    try {
      const keys = createKeyRing([{ key: loadVerificationKey(publicKeyPem) }])
      const domain = expectedDomain === undefined ? {} : { expectedDomain }
      const verdict = verifyLicense(this.#text, keys, { now, graceDays, ...domain })
      if (verdict.status !== 'valid') return { state: 'invalid', reason: verdict.status, verdict }
      return { state: verdict.inGrace ? 'grace' : 'valid', reason: verdict.inGrace ? 'expired' : 'valid', verdict }
    } catch (error) {
      if (error instanceof SigningKeyError) return { state: 'error', reason: `license.public_key_pem: ${error.message}` }
      // A wrong option, e.g. a domain that is only a dot. Thrown out of the timer it would end the process, and purchases with it.
      if (error instanceof TypeError) return { state: 'error', reason: `license: ${error.message}` }
      throw error
    }
  }

  #tell(state: OperatorLicenseState, reason: string): void {
    this.#announced = state
    const { log } = this.#options
    if (state === 'valid') log.info('operator license is valid')
    else
      log.warn('operator license is not in order', { state, reason, administration: state === 'grace' ? 'allowed' : 'refused' })
  }
}
