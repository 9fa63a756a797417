import { RetryableError } from '@luma-sync/jobs';
import type { CallOptions, LumaApi } from '@luma-sync/luma-client';
import { KNOWN_WEBHOOK_TYPES, type LumaWebhook } from '@luma-sync/luma-contract';

/** What had to be done: nothing, wake it or ask for more types, or make it. */
export type WebhookRepair = 'none' | 'woken' | 'created';

export interface StandingWebhook {
  webhookId: string;
  secret: string;
  repair: WebhookRepair;
  /** Others that point to the same address and so tell everything twice. */
  extraIds: string[];
}

export interface WantedWebhook {
  url: string;
  /** Other addresses of the same calendar: a webhook that points to one of them is as good. */
  alsoUrls?: readonly string[];
  /** The one we know, should several point to us. */
  preferredId: string | null;
}

/**
 * Makes sure that Luma's webhook for an address stands: finds it by the address, wakes it when it is paused, asks for types it lacks, or creates
 * it. Webhooks of other addresses are somebody else's and are left alone. Repeating it changes nothing, also after an answer that was lost.
 */
export async function ensureWebhook(
  luma: LumaApi,
  { url, alsoUrls = [], preferredId }: WantedWebhook,
  call: CallOptions,
): Promise<StandingWebhook> {
  const known = await listByUrls(luma, [url, ...alsoUrls], call);
  const first = known.find(({ id }) => id === preferredId) ?? known[0];
  if (first === undefined) return toStanding(await create(luma, url, call), 'created', []);
  const extraIds = known.filter(({ id }) => id !== first.id).map(({ id }) => id);
  const missing = missingTypes(first);
  if (first.status === 'active' && missing.length === 0) return toStanding(first, 'none', extraIds);
  const eventTypes = [...(first.event_types ?? []), ...missing];
  const updated = await luma.updateWebhook(first.id, { status: 'active', eventTypes }, call);
  return toStanding({ ...updated, secret: updated.secret ?? first.secret }, 'woken', extraIds);
}

/** A webhook's address cannot be changed and its silence not be looked into: a new one takes its place. The old one is for the caller to remove. */
export async function createWebhook(luma: LumaApi, url: string, call: CallOptions): Promise<StandingWebhook> {
  return toStanding(await create(luma, url, call), 'created', []);
}

const create = (luma: LumaApi, url: string, call: CallOptions): Promise<LumaWebhook> =>
  luma.createWebhook({ url, eventTypes: [...KNOWN_WEBHOOK_TYPES] }, call);

async function listByUrls(luma: LumaApi, urls: readonly string[], call: CallOptions): Promise<LumaWebhook[]> {
  const found: LumaWebhook[] = [];
  const listing = luma.listAllWebhooks(call);
  for (;;) {
    const step = await listing.next();
    if (step.done !== true) {
      found.push(...step.value.entries.filter((webhook) => urls.includes(webhook.url)));
      continue;
    }
    if (step.value.complete) return found;
    if (step.value.reason === 'page-failed') throw step.value.error;
    // Creating a second one because of half a list would double every delivery.
    throw new RetryableError('luma.listing_incomplete', `the list of webhooks ended early: ${step.value.reason}`);
  }
}

function missingTypes({ event_types: types = [] }: LumaWebhook): string[] {
  return types.includes('*') ? [] : KNOWN_WEBHOOK_TYPES.filter((type) => !types.includes(type));
}

function toStanding({ id, secret }: LumaWebhook, repair: WebhookRepair, extraIds: string[]): StandingWebhook {
  if (secret === undefined)
    throw new RetryableError('luma.unexpected_answer', 'Luma did not say the secret of the webhook');
  return { webhookId: id, secret, repair, extraIds };
}
