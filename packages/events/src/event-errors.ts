/** NATS or JetStream cannot be reached or does not answer in time. What was sent may have been stored. */
export class EventsUnavailable extends Error {
  override readonly name = 'EventsUnavailable'
}

/** The message does not fit into one NATS message. It was not sent. */
export class MessageTooLarge extends Error {
  override readonly name = 'MessageTooLarge'
}

/** The stream is at its limit and refuses instead of dropping older messages. */
export class StreamFull extends Error {
  override readonly name = 'StreamFull'
}

/** No stream listens to the subject. */
export class StreamMissing extends Error {
  override readonly name = 'StreamMissing'
}

/** A consumer of the same name is in the way and cannot be changed: the message says which, why, and what to do. */
export class ConsumerConflict extends Error {
  override readonly name = 'ConsumerConflict'
}
