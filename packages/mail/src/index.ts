export { addressRefusal } from './header-text.ts'
export { mailIdOf, type QueueDeps, queueNotification } from './queue-notification.ts'
export { type ResendDeps, resendLicense } from './resend-license.ts'
