import { FieldsRefusedError, RetryableError } from '@luma-sync/jobs';
import type { CallOptions, LumaApi } from '@luma-sync/luma-client';
import { KNOWN_WEBHOOK_TYPES, type LumaWebhook } from '@luma-sync/luma-contract';
import { readWholeList } from '../read-listing.js';
import { isWebhookOf, toWebhookUrl, type WebhookOwner } from './calendar-webhook.js';

/** What had to be done: nothing, wake it or ask for more types, or make it. */
export type WebhookRepair = 'none' | 'woken' | 'created';

export interface StandingWebhook {
  webhookId: string;
  secret: string;
  repair: WebhookRepair;
  /** Others that point to the same address and so tell everything twice. */
  extraIds: string[];
  /** Types that it does not ask for, since Luma refuses them. */
  refusedTypes: RefusedWebhookType[];
}

export interface RefusedWebhookType {
  type: string;
  /** Luma's words. */
  message: string;
}

/** What Luma holds after a request, and the types that it refused. */
interface Accepted {
  webhook: LumaWebhook;
  refusedTypes: RefusedWebhookType[];
}

export interface WantedWebhook extends WebhookOwner {
  /** The one we know, should several point to us. */
  preferredId: string | null;
}

/**
 * Makes sure that Luma's webhook of a calendar stands: finds it by its address, wakes it when it is paused, asks for
 * types it lacks, or creates it. Webhooks of other addresses are somebody else's and are left alone. Repeating it
 * changes nothing, also after an answer that was lost.
 */
export async function ensureWebhook(
  luma: LumaApi,
  { preferredId, ...owner }: WantedWebhook,
  call: CallOptions,
): Promise<StandingWebhook> {
  const known = await listOwn(luma, owner, call);
  const first = known.find(({ id }) => id === preferredId) ?? known[0];
  if (first === undefined) return toStanding(await create(luma, toWebhookUrl(owner), call), 'created', []);
  const extraIds = known.filter(({ id }) => id !== first.id).map(({ id }) => id);
  const missing = listMissingTypes(first);
  if (first.status === 'active' && missing.length === 0)
    return toStanding({ webhook: first, refusedTypes: [] }, 'none', extraIds);
  const eventTypes = [...(first.event_types ?? []), ...missing];
  const { webhook: updated, refusedTypes } = await withoutRefusedTypes(eventTypes, (types) =>
    luma.updateWebhook(first.id, { status: 'active', eventTypes: types }, call),
  );
  // Luma refuses what was missing, and the webhook stands as well as it can.
  const isWoken = first.status !== 'active' || listMissingTypes(updated).length < missing.length;
  const webhook = { ...updated, secret: updated.secret ?? first.secret };
  return toStanding({ webhook, refusedTypes }, isWoken ? 'woken' : 'none', extraIds);
}

/**
 * A webhook's address cannot be changed and its silence not be looked into: a new one takes its place. The old one is
 * for the caller to remove.
 */
export async function createWebhook(luma: LumaApi, url: string, call: CallOptions): Promise<StandingWebhook> {
  return toStanding(await create(luma, url, call), 'created', []);
}

const create = (luma: LumaApi, url: string, call: CallOptions): Promise<Accepted> =>
  withoutRefusedTypes(KNOWN_WEBHOOK_TYPES, (eventTypes) => luma.createWebhook({ url, eventTypes }, call));

/** A type that Luma refuses by its place (`event_types.3`) or by its name costs that type, and one more request. */
async function withoutRefusedTypes(
  types: readonly string[],
  request: (types: string[]) => Promise<LumaWebhook>,
): Promise<Accepted> {
  try {
    return { webhook: await request([...types]), refusedTypes: [] };
  } catch (error) {
    const refusals = error instanceof FieldsRefusedError ? error.fields : [];
    const lines = refusals.filter(({ name }) => name === 'event_types');
    const refusedTypes = types.flatMap((type, place) => {
      const line = lines.find(({ path, message }) => /\d+/.exec(path)?.[0] === String(place) || message.includes(type));
      return line === undefined ? [] : [{ type, message: line.message }];
    });
    const left = types.filter((type) => !refusedTypes.some((refused) => refused.type === type));
    if (left.length === 0 || refusedTypes.length === 0) throw error;
    return { webhook: await request(left), refusedTypes };
  }
}

async function listOwn(luma: LumaApi, owner: WebhookOwner, call: CallOptions): Promise<LumaWebhook[]> {
  // Creating a second one because of half a list would double every delivery.
  const { entries } = await readWholeList(luma.listAllWebhooks(call), 'the list of webhooks');
  return entries.filter(({ url }) => isWebhookOf(url, owner));
}

/** Types that we read and the webhook does not ask for. */
export function listMissingTypes({ event_types: types = [] }: Pick<LumaWebhook, 'event_types'>): string[] {
  return types.includes('*') ? [] : KNOWN_WEBHOOK_TYPES.filter((type) => !types.includes(type));
}

function toStanding(
  { webhook: { id, secret }, refusedTypes }: Accepted,
  repair: WebhookRepair,
  extraIds: string[],
): StandingWebhook {
  if (secret === undefined)
    throw new RetryableError('luma.unexpected_answer', 'Luma did not say the secret of the webhook');
  return { webhookId: id, secret, repair, extraIds, refusedTypes };
}
