import { expect, test } from 'vitest'
import { refusesUs } from './refuses-us.ts'

const refuses = (command: string, response: string) => refusesUs({ command, code: Number(response.slice(0, 3)), response })

test.each([
  ['MAIL FROM', '550 5.7.1 you may not send'],
  ['MAIL FROM', '451 4.3.0 try again later'],
  ['MAIL FROM', '553 5.7.1 <licenses@vendor.test>: Sender address rejected: not owned by user desk'],
  ['RCPT TO', '530 5.7.0 Authentication required'],
  ['DATA', '535 5.7.8 no'],
  ['RCPT TO', '538 encryption required'],
  ['RCPT TO', '421 leaving'],
  ['RCPT TO', '554 5.7.1 <ada@acme.test>: Relay access denied'],
  ['RCPT TO', '454 4.7.1 <ada@acme.test>: Relay access denied'],
  ['RCPT TO', '550 5.7.1 Relaying denied. Proper authentication required.'],
  ['RCPT TO', '550 relay not permitted'],
  ['RCPT TO', '550-5.7.1 no\n550 5.7.1 unable to relay'],
  ['RCPT TO', '553 5.7.1 <licenses@vendor.test>: Sender address rejected: not owned by user desk'],
  ['RCPT TO', '450 4.1.8 <licenses@vendor.test>: Domain not found'],
  ['RCPT TO', '554 5.7.1 <unknown[192.0.2.1]>: Client host rejected: Access denied'],
  ['DATA', '550 5.7.60 SMTP; Client does not have permissions to send as this sender'],
])('%s, %s: it refuses us', (command, response) => {
  expect(refuses(command, response)).toBe(true)
})

test.each([
  ['RCPT TO', '550 5.1.1 no such mailbox'],
  ['RCPT TO', '451 4.7.1 Greylisting in action'],
  ['RCPT TO', '550 5.1.1 <ada@acme.test>: Recipient address rejected: User unknown in relay recipient table'],
  ['RCPT TO', '550 5.7.1 <relay@acme.test>: Recipient address rejected: Access denied'],
  ['RCPT TO', '550 <ada@relay.test> unknown'],
  ['RCPT TO', '552 5.2.2 mailbox full'],
  ['DATA', '554 5.7.1 policy'],
  ['DATA', '552 5.3.4 message too big for the relay'],
  ['DATA', '550 5.7.1 content rejected, relayed by nobody'],
])('%s, %s: it refuses this mail', (command, response) => {
  expect(refuses(command, response)).toBe(false)
})
