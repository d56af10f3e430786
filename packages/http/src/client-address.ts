import { BlockList, isIP } from 'node:net'
import type { Context } from 'hono'
import type { HttpEnv } from './http-env.ts'

/**
 * Reads the address a request comes from. `X-Forwarded-For` counts only when the peer is a configured proxy, and then from the right: the
 * first address that is no proxy is the client, what stands left of it may be made up.
 *
 * @param trustedProxies  addresses or `address/prefix` ranges
 * @throws TypeError for an entry that is neither
 */
export function clientAddress(trustedProxies: readonly string[] = []): (c: Context<HttpEnv>) => string {
  const proxies = new BlockList()
  for (const entry of trustedProxies) addProxy(proxies, entry)
  const isProxy = (address: string) => isIP(address) !== 0 && proxies.check(address, familyOf(address))
  return (c) => {
    const peer = plain(c.env?.incoming?.socket.remoteAddress ?? 'unknown')
    if (!isProxy(peer)) return peer
    const forwarded = (c.req.header('x-forwarded-for') ?? '').split(',').map((part) => plain(part.trim()))
    const client = forwarded.findLast((address) => !isProxy(address))
    return client !== undefined && isIP(client) !== 0 ? client : peer
  }
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
function plain(address: string): string {
  return address.toLowerCase().replace(/^::ffff:(?=\d+\.)/, '')
}
