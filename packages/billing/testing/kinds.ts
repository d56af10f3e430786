export { type Kind, kinds, sellAll, startOver, stockStripe } from '@licenseoperator/checkout/testing'
