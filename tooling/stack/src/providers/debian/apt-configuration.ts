import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

/** Only the suite named unstable has a current MySQL and nats-server. */
const SUITE = 'unstable'

export interface AptSource {
  readonly mirror: string
  readonly architecture: string
  readonly keyring: string
}

/**
 * Writes an apt configuration of its own into `work`: the host's proxy and transport settings still apply, its packages, sources, pins and
 * hooks do not. With no source the host's own sources are read, into lists of our own.
 *
 * @returns the arguments with which apt-get and apt-cache use it
 */
export function writeAptConfiguration(work: string, source?: AptSource): string[] {
  const path = (name: string) => JSON.stringify(join(work, name))
  for (const folder of ['lists/partial', 'cache/archives/partial']) mkdirSync(join(work, folder), { recursive: true })
  writeFileSync(join(work, 'status'), '')
  const settings = [
    // The host's hooks refresh what the host knows about its own packages.
    ...['APT::Update::Pre-Invoke', 'APT::Update::Post-Invoke', 'APT::Update::Post-Invoke-Success'].map(
      (name) => `#clear ${name};`,
    ),
    `Dir::State::Lists ${path('lists')};`,
    `Dir::State::Status ${path('status')};`,
    `Dir::Cache ${path('cache')};`,
    'Dir::Etc::Preferences "/dev/null";',
    'Dir::Etc::PreferencesParts "/dev/null";',
    'APT::Default-Release "";',
    // Run by root, apt would otherwise become a user that may not write here.
    'APT::Sandbox::User "root";',
    'Acquire::Languages "none";',
    'Acquire::Retries "3";',
  ]
  if (source !== undefined) {
    const options = `target=Packages arch=${source.architecture} signed-by=${source.keyring}`
    writeFileSync(join(work, 'sources.list'), `deb [${options}] ${source.mirror} ${SUITE} main\n`)
    settings.push(`Dir::Etc::SourceList ${path('sources.list')};`, 'Dir::Etc::SourceParts "/dev/null";')
  }
  writeFileSync(join(work, 'apt.conf'), `${settings.join('\n')}\n`)
  return ['-c', join(work, 'apt.conf')]
}
