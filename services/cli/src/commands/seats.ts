import { readSeatUsage } from '@licenseoperator/catalog-admin'
import type { Command } from '../context.ts'
import { exitCodes } from '../exit-codes.ts'
import { printFacts } from '../print.ts'
import { asCatalogAdmin } from './catalog-admin.ts'

export const seats: Command = {
  name: 'seats',
  description: 'Show active products against the seats of the operator license',
  needs: 'security, stripe, mysql',
  examples: ['licenseoperator seats', 'licenseoperator seats --output json'],
  flags: [],
  run: async (context) => {
    const usage = await asCatalogAdmin(context, readSeatUsage)
    printFacts(context, { ...usage })
    return exitCodes.done
  },
}
