import { createApp } from '@licenseoperator/api'
import type { Command } from '../context.ts'
import { exitCodes } from '../exit-codes.ts'

export const serve: Command = {
  name: 'serve',
  description: '',
  flags: [],
  run: async () => {
    createApp
    return exitCodes.done
  },
}
