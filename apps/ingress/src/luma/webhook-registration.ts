import type { KeyClientDeps } from '@luma-sync/luma-access';
import type { CalendarAccess, RefusedWebhookType } from '@luma-sync/store';
import { ensureWebhook } from '@luma-sync/sync';
import { callLumaForRequest, type LumaAnswer } from './call-luma.js';

export interface RegisteredWebhook {
  webhookId: string;
  secret: string;
  refusedTypes: RefusedWebhookType[];
  /** False when Luma had it already. */
  isNew: boolean;
}

export type WebhookRegistration = (access: CalendarAccess, publicUrl: string) => Promise<LumaAnswer<RegisteredWebhook>>;

/** Makes sure, while a person waits, that Luma tells us of the calendar's changes. Repeating it changes nothing. */
export function createWebhookRegistration(deps: KeyClientDeps): WebhookRegistration {
  return (access, publicUrl) =>
    callLumaForRequest(deps, access, async (luma, call) => {
      const { id: calendarId, name, webhookId: preferredId } = access.calendar;
      const wanted = { publicUrl, calendarId, name, preferredId };
      const { webhookId, secret, repair, refusedTypes } = await ensureWebhook(luma, wanted, call);
      return { webhookId, secret, refusedTypes, isNew: repair === 'created' };
    });
}
