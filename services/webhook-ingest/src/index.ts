export { createReceiver, type ReceiverDeps } from './receiver/create-receiver.ts'
export { type IngestRole, ingestRoles, startIngest } from './start-ingest.ts'
