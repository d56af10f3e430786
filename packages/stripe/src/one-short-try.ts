/** Options of a request whose answer is not worth waiting for: whoever asks goes on without it. */
export const ONE_SHORT_TRY = { timeout: 2500, maxNetworkRetries: 0 }
