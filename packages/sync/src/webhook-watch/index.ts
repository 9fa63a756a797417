export { isWebhookOf } from './calendar-webhook.js';
export { listMissingTypes } from './ensure-webhook.js';
export { isPublicUrl } from './is-public-url.js';
