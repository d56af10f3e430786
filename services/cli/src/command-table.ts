import { audit } from './commands/audit.ts'
import { completion } from './commands/completion.ts'
import { config } from './commands/config.ts'
import { coupons } from './commands/coupons.ts'
import { db } from './commands/db.ts'
import { events } from './commands/events.ts'
import { help } from './commands/help.ts'
import { keys } from './commands/keys.ts'
import { license } from './commands/license.ts'
import { notifications } from './commands/notifications.ts'
import { payments } from './commands/payments.ts'
import { products } from './commands/products.ts'
import { seats } from './commands/seats.ts'
import { serve } from './commands/serve.ts'
import { setup } from './commands/setup.ts'
import { stripe } from './commands/stripe.ts'
import { token } from './commands/token.ts'
import { trial } from './commands/trial.ts'
import type { Command, Topic } from './context.ts'
import { everywhere, flagName, isSwitch } from './flags-everywhere.ts'

/** The one list of commands: what runs, what is helped with, corrected and completed. */
export const topics: readonly Topic[] = [
  topic('Start', { config, keys, db }, [setup, serve]),
  topic('Licenses', { license, trial, notifications }),
  topic('Catalog', { products, coupons }, [seats]),
  topic('Stripe', { stripe, events, payments }),
  topic('People', { audit, token }),
  topic('This program', {}, [help(() => topics), completion(() => topics)]),
]

/** Names of the flags, of whichever command, that take no value. */
export const switches: ReadonlySet<string> = new Set(
  [
    ...everywhere,
    ...topics.flatMap(({ entries }) => entries.flatMap(({ command }) => command.flags)),
    ['--version', 'Only without a command'] as const,
  ]
    .filter(isSwitch)
    .map(flagName),
)

function topic(title: string, groups: Readonly<Record<string, readonly Command[]>>, alone: readonly Command[] = []): Topic {
  const grouped = Object.entries(groups).flatMap(([group, commands]) =>
    commands.map((command) => ({ words: `${group} ${nameOf(command)}`, command })),
  )
  return { title, entries: [...alone.map((command) => ({ words: nameOf(command), command })), ...grouped] }
}

/** The command's own word, without its arguments. */
function nameOf({ name }: Command): string {
  return name.replace(/ .*$/, '')
}
