export { createInProcessMailBudget, type InProcessMailBudgetSettings } from './budget/in-process-mail-budget.js';
export type { MailBudget, MailLeave } from './budget/mail-budget.js';
export { createSharedMailBudget, MAIL_SLOT_MS, type MailGate } from './budget/shared-mail-budget.js';
export type { CouponMailProps } from './coupon-mail/coupon-mail.js';
export { type RenderedMail, renderCouponMail } from './coupon-mail/render-coupon-mail.js';
export type { Mail, MailSender } from './mail-sender.js';
export { createResendSender, type ResendSettings } from './resend/resend-sender.js';
export { createSmtpSender, type SmtpSettings } from './smtp/smtp-sender.js';
