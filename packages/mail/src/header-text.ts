import { refusalOf } from '@licenseoperator/domain'
import { z } from 'zod'

/** Characters of a header's text: what is longer is no subject. */
const MOST_CHARACTERS = 255

/** Why text cannot stand in a header; `undefined` when it can. A line break would end the header and begin another. */
export function headerRefusal(value: string): string | undefined {
  return refusalOf(value, { max: MOST_CHARACTERS })
}

const Address = z.email().max(254)

/** Why nobody can be written to at an address; `undefined` when they can. Never holds the address. */
export function addressRefusal(address: string): string | undefined {
  const unsafe = headerRefusal(address)
  if (unsafe !== undefined) return `the address ${unsafe}`
  return Address.safeParse(address).success ? undefined : 'the address is none that mail can be sent to'
}
