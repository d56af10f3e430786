import { GroupName } from '@licenseoperator/domain'
import { issueTrial } from '@licenseoperator/licensing'
import type { Command } from '../context.ts'
import { exitCodes } from '../exit-codes.ts'
import { configFor, keyRingOf, shellCaller, withDatabase } from '../load.ts'
import { outputOf } from '../output.ts'
import { printFacts } from '../print.ts'
import { domainName, emailAddress, optionalText, parsed, requiredText, wholeNumber } from '../read-flags.ts'

export const trial: readonly Command[] = [
  {
    name: 'issue',
    description: 'Issue the one trial of a group: a new one, or the one that is running',
    needs: 'security, mysql',
    outputs: ['table', 'json'],
    examples: [
      'licenseoperator trial issue --group globex --domain .globex.example --email owner@globex.example --product-key core',
    ],
    flags: [
      ['--group <name>', 'Customer group', { required: true }],
      ['--domain <domain>', 'Domain the trial is bound to', { required: true }],
      ['--email <address>', 'Contact of the customer', { required: true }],
      ['--product-key <key>', 'Product key; a signing key must be configured for it', { required: true }],
      ['--duration-hours <hours>', 'Length (default trials.duration_hours)'],
    ],
    run: async (context) => {
      const group = parsed('group', GroupName, requiredText(context, 'group')) ?? ''
      const request = {
        group,
        domain: parsed('domain', domainName, requiredText(context, 'domain')) ?? '',
        email: parsed('email', emailAddress, requiredText(context, 'email')),
        productKey: requiredText(context, 'product-key'),
      }
      const hours = parsed('duration-hours', wholeNumber(1, 87_600), optionalText(context, 'duration-hours'))
      const config = configFor(context, ['security', 'mysql'])
      const rules = { ...config.trials, enabled: true, ...(hours === undefined ? {} : { durationHours: hours }) }
      const issued = await withDatabase(config, ({ db }) =>
        issueTrial(
          {
            db,
            keys: keyRingOf(config),
            rules,
            defaults: { defaultSubscriptionSlug: undefined, defaultOneOffSlug: undefined },
            now: context.now,
          },
          shellCaller(context),
          request,
        ),
      )
      if (outputOf(context) === 'json') printFacts(context, { ...issued })
      else {
        context.print(issued.text.trimEnd())
        context.note(issued.created ? `issued ${issued.licenseId}` : `${issued.licenseId} is running already`)
      }
      return exitCodes.done
    },
  },
]
