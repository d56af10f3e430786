export { type IngestRole, ingestRoles } from './connections.ts'
export { prepareStripe } from './prepare-stripe.ts'
export { createReceiver, type ReceiverDeps } from './receiver/create-receiver.ts'
export { type Ingest, type IngestOptions, type IngestSurroundings, startIngest } from './start-ingest.ts'
