import { type PreferredPorts, startPrivateStack } from './private-stack.ts'
import { debianPrograms } from './providers/debian/debian-programs.ts'
import { dockerReason, startDockerStack } from './providers/docker.ts'
import { environmentAddresses } from './providers/environment.ts'
import { pathPrograms } from './providers/path.ts'
import { DEFAULT_CONNECTIONS, type ProviderName, providerNames, type Say, type Stack, silent } from './stack.ts'
import { StackUnavailable } from './stack-unavailable.ts'

export interface AcquireOptions {
  /** Progress, a line at a time. */
  readonly log?: Say
  /** Which ways to try, in this order; default all, or the one named by LICENSEOPERATOR_STACK_PROVIDER. */
  readonly providers?: readonly ProviderName[]
  /** Of MySQL; default 400. */
  readonly maxConnections?: number
  /** Where private instances listen if nobody else does; containers choose for themselves. Default: free ports. */
  readonly ports?: PreferredPorts
}

/**
 * A MySQL and a NATS for one run: the first way that works. Private instances live on free loopback ports and in a temporary folder, and end
 * with `stop()` or with this process, however it ends.
 *
 * @throws StackUnavailable with the choices, and why each was not taken
 */
export async function acquireStack(options: AcquireOptions = {}): Promise<Stack> {
  const say = options.log ?? silent
  const maxConnections = options.maxConnections ?? DEFAULT_CONNECTIONS
  return firstThatWorks(options.providers ?? chosenProviders(), say, async (provider) => {
    if (provider === 'environment') {
      const given = environmentAddresses()
      return typeof given === 'string' ? given : { provider, ...given, stop: async () => undefined }
    }
    if (provider === 'docker') return (await dockerReason()) ?? (await startDockerStack(say, maxConnections))
    const programs = provider === 'path' ? await pathPrograms() : await debianPrograms(say)
    return typeof programs === 'string' ? programs : startPrivateStack(provider, programs, maxConnections, options.ports)
  })
}

/**
 * Tries each way until one gives a result.
 *
 * @param attempt  returns the result, or a string that says why this way is not open here; what it throws counts as such a reason, because a
 *                 later way may work (an AppArmor profile, for one, keeps the host's mysqld from any data folder but its own)
 * @throws StackUnavailable when there is no way left
 */
export async function firstThatWorks<T extends object>(
  providers: readonly ProviderName[],
  say: Say,
  attempt: (provider: ProviderName) => Promise<T | string>,
): Promise<T> {
  const reasons: string[] = []
  for (const provider of providers) {
    try {
      const outcome = await attempt(provider)
      if (typeof outcome !== 'string') return outcome
      reasons.push(`${provider}: ${outcome}`)
    } catch (error) {
      const reason = `${provider}: ${error instanceof Error ? error.message : String(error)}`
      say(reason)
      reasons.push(reason)
    }
  }
  throw new StackUnavailable(reasons)
}

/** All ways, or the one that LICENSEOPERATOR_STACK_PROVIDER names. @throws StackUnavailable when it names none */
export function chosenProviders(): readonly ProviderName[] {
  const forced = process.env.LICENSEOPERATOR_STACK_PROVIDER
  if (forced === undefined || forced === '') return providerNames
  const known = providerNames.filter((name) => name === forced)
  if (known.length > 0) return known
  throw new StackUnavailable([`LICENSEOPERATOR_STACK_PROVIDER is ${forced}; it must be one of ${providerNames.join(', ')}`])
}
