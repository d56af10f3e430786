export { announceCatalogChange, onCatalogChange } from './catalog-changes.ts'
export { connectNats } from './connect-nats.ts'
export { type ConsumeOptions, consume } from './consume.ts'
export {
  ensureStream,
  type StreamKind,
  type StreamOptions,
  streamNameFor,
} from './ensure-streams.ts'
export { ConsumerConflict, EventsUnavailable, MessageTooLarge, StreamFull, StreamMissing } from './event-errors.ts'
export { findMessage, type MessageQuery } from './find-message.ts'
export type { ConsumedMessage, HandlerResult, MessageHandler } from './handle-message.ts'
export { isConnected } from './is-connected.ts'
export { LicenseIssued, licenseIssuedJsonSchema, licenseIssuedMessageId } from './license-issued.ts'
export { type IndexedSubject, MessageIndex } from './message-index.ts'
export { type EventsLog, type NatsLink, type NatsLinkOptions, openNatsLink } from './nats-link.ts'
export type { Hidden, NatsAccess } from './nats-target.ts'
export { readNatsUrl } from './nats-target.ts'
export { ping } from './ping.ts'
export { type DurableMessage, type PublishedMessage, publishDurably } from './publish-durably.ts'
export { StripeWebhookMessage } from './stripe-webhook-message.ts'
