import { notificationBody } from '@licenseoperator/api-schemas'
import { resendLicense } from '@licenseoperator/mail'
import type { Command } from '../context.ts'
import { exitCodes } from '../exit-codes.ts'
import { configFor, shellCaller, withDatabase } from '../load.ts'
import { printFacts } from '../print.ts'
import { UsageError } from '../usage-error.ts'

export const resend: Command = {
  name: 'resend <id>',
  description: 'Mail a stored license to its buyer once more; the notifier sends it',
  needs: 'mysql, mail',
  examples: ['licenseoperator license resend L-01JZX3F9T5M2Q8V7K4N6R0B1CD'],
  flags: [],
  run: async (context, [id]) => {
    if (id === undefined) throw new UsageError('a license id is required')
    const config = configFor(context, ['mysql'])
    const sender = config.mail.host === undefined ? undefined : config.mail.from?.address
    const mail = await withDatabase(config, ({ db }) =>
      resendLicense({ db, sender, requiredScopes: {}, now: context.now }, shellCaller(context), id),
    )
    printFacts(context, notificationBody(mail))
    return exitCodes.done
  },
}
