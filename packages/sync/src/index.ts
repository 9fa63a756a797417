// coupon mail
export { type CouponEmailDeps, handleCouponEmail } from './coupon-email/handler.js';
