export { Connections, type IngestRole, ingestRoles } from './connections.ts'
export { prepareStripe } from './prepare-stripe.ts'
export { addWebhook, createReceiver, type ReceiverDeps } from './receiver/create-receiver.ts'
export { type Ingest, receiverDeps, signingKeysOf, startIngest, startWork } from './start-ingest.ts'
