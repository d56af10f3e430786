export { couponsTaken, licensesTaken, member, ops, orderOf, promote, settings } from '@licenseoperator/checkout/testing'
