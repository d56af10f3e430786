// The library documents this class as the one to extend for a store of one's own, types it, and leaves it out of its index.
declare module 'rate-limiter-flexible/lib/RateLimiterStoreAbstract.js' {
  export { RateLimiterStoreAbstract as default } from 'rate-limiter-flexible'
}
