import type { LumaApi } from '@luma-sync/luma-client';
import type { CalendarRecord } from '@luma-sync/store';
import { type Finding, note, ok, unseen, wrong } from '../finding.js';

type Webhook = Awaited<ReturnType<LumaApi['updateWebhook']>>;

/** Whether Luma's webhook of a calendar stands, is awake and is heard. */
export async function judgeWebhooks(
  calendar: CalendarRecord,
  publicUrl: string | null,
  luma: LumaApi,
  call: Parameters<LumaApi['listAllWebhooks']>[0],
): Promise<Finding[]> {
  const what = `Webhook of "${calendar.name}"`;
  const repair = `POST /v1/calendars/${calendar.id}/webhook registers it`;
  if (!calendar.syncEnabled) return [note(what, 'not looked for, since the calendar’s sync is off')];
  if (publicUrl === null) return [unseen(what, 'not looked for without a usable PUBLIC_URL')];
  const urls = [calendar.id, encodeURIComponent(calendar.name)].map((key) => `${publicUrl}/webhooks/luma/${key}`);
  const own = await listByUrls(luma, urls, call);
  if (own === null) return [unseen(what, 'Luma’s list of webhooks ended early')];
  const [first] = own;
  if (first === undefined) return [wrong(what, `is missing at Luma, so changes come by polling alone; ${repair}`)];
  if (!own.some(({ status }) => status === 'active')) return [wrong(what, `is ${first.status} at Luma; ${repair}`)];
  if (!calendar.hasWebhookSecret)
    return [wrong(what, `stands at Luma, and its secret is not known here, so deliveries are refused; ${repair}`)];
  if (calendar.webhookState === 'silent')
    return [wrong(what, 'is silent: lists show changes that no delivery told of; does Luma reach PUBLIC_URL?')];
  return [own.length === 1 ? ok(what) : note(what, `there are ${own.length}, so each delivery comes more than once`)];
}

/** @returns null when the list ended before its end. */
async function listByUrls(
  luma: LumaApi,
  urls: readonly string[],
  call: Parameters<LumaApi['listAllWebhooks']>[0],
): Promise<Webhook[] | null> {
  const found: Webhook[] = [];
  const listing = luma.listAllWebhooks(call);
  for (;;) {
    const step = await listing.next();
    if (step.done === true) return step.value.complete ? found : null;
    found.push(...step.value.entries.filter((webhook) => urls.includes(webhook.url)));
  }
}
