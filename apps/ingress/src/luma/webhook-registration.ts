import { PermanentError } from '@luma-sync/jobs';
import type { CallOptions, LumaApi } from '@luma-sync/luma-client';
import { KNOWN_WEBHOOK_TYPES, type LumaWebhook } from '@luma-sync/luma-contract';
import type { CalendarAccess } from '@luma-sync/store';
import { type AskLumaDeps, askLuma, type LumaAnswer } from './ask-luma.js';

export interface RegisteredWebhook {
  webhookId: string;
  secret: string;
  /** False when Luma had it already. */
  isNew: boolean;
}

export type WebhookRegistration = (access: CalendarAccess, url: string) => Promise<LumaAnswer<RegisteredWebhook>>;

/**
 * Makes sure that Luma tells us of the calendar's changes: finds our webhook by its address, wakes it when it is paused, asks for types it
 * lacks, or creates it. Repeating it changes nothing, also after an answer that was lost.
 */
export function createWebhookRegistration(deps: AskLumaDeps): WebhookRegistration {
  return (access, url) =>
    askLuma(deps, access, async (luma, call) => {
      const known = await findByUrl(luma, url, call);
      const webhook =
        known === null
          ? await luma.createWebhook({ url, eventTypes: [...KNOWN_WEBHOOK_TYPES] }, call)
          : await repair(luma, known, call);
      if (webhook.secret === undefined) {
        throw new PermanentError('luma.unexpected_answer', 'Luma did not say the secret of the webhook');
      }
      return { webhookId: webhook.id, secret: webhook.secret, isNew: known === null };
    });
}

async function findByUrl(luma: LumaApi, url: string, call: CallOptions): Promise<LumaWebhook | null> {
  const listing = luma.listAllWebhooks(call);
  for (;;) {
    const step = await listing.next();
    if (step.done !== true) {
      const found = step.value.entries.find((webhook) => webhook.url === url);
      if (found !== undefined) return found;
      continue;
    }
    if (step.value.complete) return null;
    if (step.value.reason === 'page-failed') throw step.value.error;
    // Creating a second one because of half a list would double every delivery.
    throw new PermanentError('luma.listing_incomplete', `the list of webhooks ended early: ${step.value.reason}`);
  }
}

async function repair(luma: LumaApi, webhook: LumaWebhook, call: CallOptions): Promise<LumaWebhook> {
  const types = webhook.event_types ?? [];
  const hasAll = types.includes('*') || KNOWN_WEBHOOK_TYPES.every((type) => types.includes(type));
  if (webhook.status === 'active' && hasAll) return webhook;
  const eventTypes = hasAll ? types : [...new Set([...types, ...KNOWN_WEBHOOK_TYPES])];
  const updated = await luma.updateWebhook(webhook.id, { status: 'active', eventTypes }, call);
  return { ...updated, secret: updated.secret ?? webhook.secret };
}
