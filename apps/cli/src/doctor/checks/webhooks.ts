import type { LumaApi } from '@luma-sync/luma-client';
import { type CalendarRecord, type Database, findWebhookSecrets, type Keyring, SecretError } from '@luma-sync/store';
import { isPublicUrl, isWebhookOf, listMissingTypes } from '@luma-sync/sync/webhook-watch';
import { type Finding, note, ok, unseen, wrong } from './finding.js';

type Webhook = Awaited<ReturnType<LumaApi['updateWebhook']>>;

interface WebhookParts {
  db: Database;
  keyring: Keyring;
  publicUrl: string | null;
}

const NOT_REACHABLE =
  'none, since Luma cannot reach PUBLIC_URL (a public https address is needed); changes at Luma are found by polling';

/** Whether Luma's webhook of a calendar stands, is awake, is complete and is heard. */
export async function judgeWebhooks(
  calendar: CalendarRecord,
  { db, keyring, publicUrl }: WebhookParts,
  luma: LumaApi,
  call: Parameters<LumaApi['listAllWebhooks']>[0],
): Promise<Finding[]> {
  const what = `Webhook of "${calendar.name}"`;
  if (!calendar.syncEnabled) return [note(what, 'not looked for, since the calendar’s sync is off')];
  if (publicUrl === null) return [unseen(what, 'not looked for without a usable PUBLIC_URL')];
  const owner = { publicUrl, calendarId: calendar.id, name: calendar.name };
  const own = await listOwn(luma, (webhook) => isWebhookOf(webhook.url, owner), call);
  if (own === null) return [unseen(what, 'Luma’s list of webhooks ended early')];
  if (own.length === 0 && !isPublicUrl(publicUrl)) return [note(what, NOT_REACHABLE)];
  const secrets = await openSecrets(db, keyring, calendar.id);
  const trouble = findTrouble(calendar, own, secrets);
  if (trouble !== null) return [wrong(what, trouble)];
  const findings = [
    ...(calendar.webhookRefusedTypes.length > 0 ? [note(what, describeRefused(calendar))] : []),
    ...(secrets === null ? [unseen(what, 'stands; ENCRYPTION_KEY does not open its secret here')] : []),
    ...(own.length > 1 ? [note(what, `there are ${own.length}, so each delivery comes more than once`)] : []),
  ];
  return findings.length === 0 ? [ok(what)] : findings;
}

/** @param secrets null: they cannot be opened. */
function findTrouble(
  { id, hasWebhookSecret, webhookState, webhookRefusedTypes }: CalendarRecord,
  own: readonly Webhook[],
  secrets: readonly string[] | null,
): string | null {
  const repair = `POST /v1/calendars/${id}/webhook`;
  const [first] = own;
  if (first === undefined) return `is missing at Luma, so changes come by polling alone; ${repair} registers it`;
  const active = own.filter(({ status }) => status === 'active');
  if (active.length === 0) return `is ${first.status} at Luma; ${repair} wakes it`;
  if (!hasWebhookSecret)
    return `stands at Luma, and its secret is not known here, so deliveries are refused; ${repair} takes it over`;
  if (secrets !== null && !active.some(({ secret }) => secret === undefined || secrets.includes(secret)))
    return `has another secret at Luma than here, so deliveries are refused; ${repair} takes it over`;
  const refused = new Set(webhookRefusedTypes.map(({ type }) => type));
  const missing = listMissingOfAll(active).filter((type) => !refused.has(type));
  if (missing.length > 0) return `does not ask for ${missing.join(', ')}; ${repair} adds them`;
  if (webhookState === 'silent')
    return 'is silent: lists show changes that no delivery told of; does Luma reach PUBLIC_URL?';
  return null;
}

function describeRefused({ webhookRefusedTypes }: CalendarRecord): string {
  const types = webhookRefusedTypes.map(({ type, message }) => `${type} (${message})`);
  return `Luma refuses ${types.join(', ')}; changes of that kind are found by polling`;
}

/** Types that none of several webhooks asks for. Luma may leave the list of types away, which says nothing. */
function listMissingOfAll(webhooks: readonly Webhook[]): string[] {
  if (webhooks.some((webhook) => webhook.event_types === undefined)) return [];
  return listMissingTypes({ event_types: webhooks.flatMap((webhook) => webhook.event_types ?? []) });
}

async function openSecrets(db: Database, keyring: Keyring, calendarId: string): Promise<string[] | null> {
  try {
    return await findWebhookSecrets(db, keyring, calendarId);
  } catch (error) {
    if (error instanceof SecretError) return null;
    throw error;
  }
}

/** @returns null when the list ended before its end. */
async function listOwn(
  luma: LumaApi,
  isOwn: (webhook: Webhook) => boolean,
  call: Parameters<LumaApi['listAllWebhooks']>[0],
): Promise<Webhook[] | null> {
  const found: Webhook[] = [];
  const listing = luma.listAllWebhooks(call);
  for (;;) {
    const step = await listing.next();
    if (step.done === true) return step.value.complete ? found : null;
    found.push(...step.value.entries.filter(isOwn));
  }
}
