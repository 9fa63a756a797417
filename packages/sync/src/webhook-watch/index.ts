export { isWebhookOf, toWebhookUrl } from './calendar-webhook.js';
export { ensureWebhook, listMissingTypes } from './ensure-webhook.js';
export { isPublicUrl } from './is-public-url.js';
