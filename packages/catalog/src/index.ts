export { billingIntervals, isRecurring, stripeRecurring } from './billing-interval.ts'
export { bundleProblems } from './bundle-rules.ts'
export { MOST_BUNDLE_PARTS } from './bundle-size.ts'
export { Coupon, type CouponFields, StripePromotion } from './coupon.ts'
export { changedCoupon, checkedCoupon, fieldsOfCoupon, newCoupon } from './coupon-fields.ts'
export { CouponRequest } from './coupon-request.ts'
export { couponProblems } from './coupon-rules.ts'
export { isCapped, type LicenseMode, licenseModeOf } from './license-mode.ts'
export { priceOf } from './price.ts'
export { type Problem, pathText, problem, refuseFirst } from './problem.ts'
export { PricingTier, Product } from './product.ts'
export {
  changedProduct,
  checkProduct,
  costsOtherwise,
  fieldsOfProduct,
  newProduct,
  type ProductFields,
} from './product-fields.ts'
export { productOfKey } from './product-of-key.ts'
export { ProductRequest } from './product-request.ts'
export { type ReadProduct, readProduct, repeatedCodes } from './read-product.ts'
export { refuseField } from './refuse-field.ts'
export { requestOfProduct } from './request-of-product.ts'
export { seatsFor } from './seats.ts'
export { type PaidPeriod, termEnd } from './term.ts'
