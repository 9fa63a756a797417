import { done, type Handler, JobError, type Outcome, skipped, type webhookWatch } from '@luma-sync/jobs';
import type { KeptWebhook, WatchedWebhook, WebhookWatchStore } from '@luma-sync/store';
import { type LumaAccount, type LumaAccounts, toCall } from '../luma-account.js';
import type { Run } from '../run.js';
import { toWebhookUrl } from './calendar-webhook.js';
import { createWebhook, ensureWebhook, type StandingWebhook } from './ensure-webhook.js';
import { isPublicUrl } from './is-public-url.js';
import { judgeSilence } from './is-silent.js';

export interface WebhookWatchDeps {
  webhooks: WebhookWatchStore;
  luma: LumaAccounts;
  /** Where Luma reaches ingress; null when this process was not told. */
  publicUrl: string | null;
}

/**
 * Looks whether Luma's webhook of a calendar stands, is awake and is heard, for one request when all is well; repairs
 * it otherwise, and has the gap listed, since Luma never sends again what it could not deliver. Only webhooks with an
 * address of ours are touched. A calendar that has none gets one, where PUBLIC_URL is an address that Luma can reach.
 */
export const handleWebhookWatch: Handler<typeof webhookWatch, WebhookWatchDeps> = async ({ calendarId }, deps, ctx) => {
  if (deps.publicUrl === null) return skipped('no-public-url');
  const known = await deps.webhooks.find(calendarId);
  if (known === null) return skipped('calendar-gone');
  // Registered by itself where Luma can reach us; elsewhere, a simulator say, by hand.
  if (known.webhookId === null && !known.hasSecret && !isPublicUrl(deps.publicUrl)) return skipped('not-public');
  const account = await openOrSkip(calendarId, deps);
  if ('kind' in account) return account;
  const owner = { publicUrl: deps.publicUrl, calendarId, name: known.name };
  const call = toCall(ctx, 'sync');
  const standing = await ensureWebhook(account.api, { ...owner, preferredId: known.webhookId }, call);
  const silence = standing.repair === 'none' ? judgeSilence(known, ctx.now()) : 'no';
  return silence === 'renew'
    ? renew(toWebhookUrl(owner), standing, known, { account, deps, ctx })
    : keep(standing, known, silence === 'hopeless', { account, deps, ctx });
};

/**
 * A refused key is known and told; asking each few minutes must not fill the list of dead letters. It also is the try
 * that finds it working again.
 */
async function openOrSkip(calendarId: string, deps: WebhookWatchDeps): Promise<LumaAccount | Outcome> {
  try {
    return await deps.luma.open(calendarId);
  } catch (error) {
    if (error instanceof JobError && REFUSALS.test(error.code)) return skipped('calendar-waits', { code: error.code });
    throw error;
  }
}

const REFUSALS = /^calendar\.|^luma\.(auth_failed|plan_inactive)$/;

async function keep(
  standing: StandingWebhook,
  known: WatchedWebhook,
  isHopeless: boolean,
  { account, deps, ctx }: Run<WebhookWatchDeps>,
): Promise<Outcome> {
  const { calendarId } = account;
  const { webhookId, secret, repair, refusedTypes } = standing;
  const kept = await deps.webhooks.keep(ctx, {
    calendarId,
    webhookId,
    secret,
    refusedTypes,
    state: isHopeless ? 'silent' : 'ok',
    repair: toRepair(standing, known),
    at: ctx.now(),
  });
  for (const extraId of standing.extraIds) await account.api.deleteWebhook(extraId, toCall(ctx, 'sync'));
  return done({ repair, secretChanged: kept.secretChanged, silent: isHopeless, extras: standing.extraIds.length });
}

function toRepair({ repair, webhookId }: StandingWebhook, known: WatchedWebhook): KeptWebhook['repair'] {
  if (repair === 'woken') return { what: 'asleep', webhookId: null, since: null };
  if (repair !== 'created') return null;
  return { what: 'missing', webhookId: known.webhookId === webhookId ? null : known.webhookId, since: null };
}

async function renew(
  url: string,
  old: StandingWebhook,
  known: WatchedWebhook,
  { account, deps, ctx }: Run<WebhookWatchDeps>,
): Promise<Outcome> {
  const made = await createWebhook(account.api, url, toCall(ctx, 'sync'));
  // The new one is kept before the old one goes: a run that dies in between leaves two, and the next takes the extra
  // one away.
  await deps.webhooks.keep(ctx, {
    calendarId: account.calendarId,
    webhookId: made.webhookId,
    secret: made.secret,
    refusedTypes: made.refusedTypes,
    state: 'ok',
    repair: { what: 'silent', webhookId: null, since: known.unannouncedAt?.toISOString() ?? null },
    at: ctx.now(),
  });
  for (const id of [old.webhookId, ...old.extraIds]) await account.api.deleteWebhook(id, toCall(ctx, 'sync'));
  return done({ repair: 'renewed', secretChanged: true, silent: true, extras: old.extraIds.length });
}
