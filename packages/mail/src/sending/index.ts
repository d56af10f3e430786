export { type DeliverDeps, type Delivery, deliverNext } from './deliver-next.ts'
export { type SmtpSettings, smtpPlace } from './send-message.ts'
