import { BlockList, isIP } from 'node:net'
import type { Context } from 'hono'
import type { HttpEnv } from './http-env.ts'

export interface ClientAddressOptions {
  /** Called when a peer that is no configured proxy speaks for others: then all its clients are one address. */
  readonly onUntrusted?: (peer: string) => void
}

/**
 * Reads the address a request comes from. `X-Forwarded-For` counts only when the peer is a configured proxy, and then from the right: the
 * first address that is no proxy is the client, what stands left of it may be made up. Ranges are Node's `BlockList`, so no package is needed.
 *
 * @param trustedProxies  addresses or `address/prefix` ranges
 * @throws TypeError for an entry that is neither
 */
export function clientAddress(
  trustedProxies: readonly string[] = [],
  { onUntrusted }: ClientAddressOptions = {},
): (c: Context<HttpEnv>) => string {
  const isProxy = proxyList(trustedProxies)
  return (c) => {
    const peer = plainAddress(c.env?.incoming?.socket.remoteAddress ?? 'unknown')
    const header = c.req.header('x-forwarded-for')
    if (!isProxy(peer)) {
      if (header !== undefined) onUntrusted?.(peer)
      return peer
    }
    const forwarded = (header ?? '').split(',').map((part) => plainAddress(part.trim()))
    const client = forwarded.findLast((address) => !isProxy(address))
    return client !== undefined && isIP(client) !== 0 ? client : peer
  }
}

/** As `clientAddress`, but whom a limit counts: one host of IPv6 has a whole /64 of addresses to come from. */
export function clientNetwork(
  trustedProxies: readonly string[] = [],
  options?: ClientAddressOptions,
): (c: Context<HttpEnv>) => string {
  const addressOf = clientAddress(trustedProxies, options)
  return (c) => networkOf(addressOf(c))
}

/** The /64 of an IPv6 address, in one spelling; anything else unchanged. */
export function networkOf(address: string): string {
  if (isIP(address) !== 6) return address
  const [head = '', tail] = address.replace(/%.*$/, '').split('::')
  const left = head.split(':').filter((group) => group !== '')
  const right = (tail ?? '').split(':').filter((group) => group !== '')
  // An IPv4 address at the end stands for two groups; it is never among the first four that count.
  const written = left.length + right.length + (right.at(-1)?.includes('.') === true ? 1 : 0)
  const groups = tail === undefined ? left : [...left, ...Array.from({ length: Math.max(0, 8 - written) }, () => '0'), ...right]
  const network = groups.slice(0, 4).map((group) => Number.parseInt(group, 16).toString(16))
  return `${network.join(':')}::/64`
}

/**
 * Tells whether an address is one of the configured proxies.
 *
 * @throws TypeError for an entry that is neither an address nor a range
 */
export function proxyList(trustedProxies: readonly string[]): (address: string) => boolean {
  const proxies = new BlockList()
  for (const entry of trustedProxies) addProxy(proxies, entry)
  return (address) => isIP(address) !== 0 && proxies.check(address, familyOf(address))
}

function addProxy(proxies: BlockList, entry: string): void {
  const [address = '', prefix, ...rest] = entry.split('/')
  const bits = familyOf(address) === 'ipv6' ? 128 : 32
  const length = prefix === undefined ? bits : Number(prefix)
  const valid = isIP(address) !== 0 && rest.length === 0 && /^\d{1,3}$/.test(prefix ?? '0') && length <= bits
  if (!valid) throw new TypeError(`not an address or address range: ${entry}`)
  proxies.addSubnet(address, length, familyOf(address))
}

function familyOf(address: string): 'ipv4' | 'ipv6' {
  return isIP(address) === 6 ? 'ipv6' : 'ipv4'
}

/** A dual-stack socket reports IPv4 peers as `::ffff:192.0.2.1`. */
export function plainAddress(address: string): string {
  return address.toLowerCase().replace(/^::ffff:(?=\d+\.)/, '')
}
