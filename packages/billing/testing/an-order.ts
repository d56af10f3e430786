export { licensesTaken, member, ops, orderOf, settings } from '@licenseoperator/checkout/testing'
