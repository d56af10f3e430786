/** What every part of the operator needs of a log. Fields are an allow-list made by the caller: never an error object, never a secret. */
export interface Log {
  debug(message: string, fields?: Record<string, unknown>): void
  info(message: string, fields?: Record<string, unknown>): void
  warn(message: string, fields?: Record<string, unknown>): void
  error(message: string, fields?: Record<string, unknown>): void
}

const nothing = () => {
  // A test or a library user who did not ask for a log gets none.
}

export const silentLog: Log = { debug: nothing, info: nothing, warn: nothing, error: nothing }
