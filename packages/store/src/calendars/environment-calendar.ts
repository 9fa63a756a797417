import { randomUUID } from 'node:crypto';
import { ENVIRONMENT_ACTOR, recordAudit } from '../audit/record-audit.js';
import type { Db, Tx } from '../database.js';
import { requeueUnplaced } from '../operations/requeue-unplaced.js';
import { wakeCalendarOperations } from '../operations/wake.js';
import { fingerprintApiKey, type Keyring } from '../secrets/keyring.js';
import { appendTimeline } from '../timeline/append-timeline.js';
import { type CalendarRecord, toCalendarRecord } from './calendar-record.js';
import { findKeyHolder, freshStatus, toApiKeyColumns, toFirstSecret, toRotatedSecret } from './write-calendars.js';

/** Name of the calendar that stands for `LUMA_API_KEY`. */
const ENVIRONMENT_CALENDAR = 'default';

/**
 * Creates or updates the calendar that the environment describes. Every process may call it at start: the second one
 * changes nothing. It becomes the default calendar only while there is no other. A key that another calendar has
 * already is left to that calendar.
 */
export async function ensureEnvironmentCalendar(
  tx: Tx,
  keyring: Keyring,
  settings: { apiKey: string; webhookSecret?: string | undefined },
): Promise<CalendarRecord> {
  // Two processes that start together meet here, not at the unique name.
  await tx.$executeRaw`select pg_advisory_xact_lock(hashtext('luma-sync environment calendar'))`;
  const before = await tx.calendar.findUnique({ where: { name: ENVIRONMENT_CALENDAR } });
  const fingerprint = fingerprintApiKey(settings.apiKey);
  const holder = await findKeyHolder(tx, fingerprint, before?.id ?? null);
  if (holder !== null) return toCalendarRecord(await tx.calendar.findUniqueOrThrow({ where: { id: holder.id } }));
  if (before === null) {
    const other = await tx.calendar.findFirst({ where: { isDefault: true }, select: { id: true } });
    const id = randomUUID();
    const created = await tx.calendar.create({
      data: {
        id,
        name: ENVIRONMENT_CALENDAR,
        kind: 'luma',
        isDefault: other === null,
        ...toApiKeyColumns(keyring, id, settings.apiKey),
        ...toFirstSecret(keyring, id, settings.webhookSecret),
      },
    });
    await note(tx, created.id, 'calendar.create', { kind: 'luma', ...toSecrets(settings) });
    await requeueUnplaced(tx);
    return toCalendarRecord(created);
  }
  const change = {
    ...(before.apiKeyFingerprint === fingerprint
      ? {}
      : { ...toApiKeyColumns(keyring, before.id, settings.apiKey), ...freshStatus(before) }),
    ...(settings.webhookSecret === undefined ? {} : toRotatedSecret(keyring, before, settings.webhookSecret)),
  };
  if (Object.keys(change).length === 0) return toCalendarRecord(before);
  const fields = {
    ...('apiKeyCipher' in change ? { apiKey: 'set' } : {}),
    ...('webhookSecretCipher' in change ? { webhookSecret: 'set' } : {}),
  };
  await note(tx, before.id, 'calendar.change', fields);
  const changed = await tx.calendar.update({ where: { id: before.id }, data: change });
  if ('apiKeyCipher' in change) {
    await wakeCalendarOperations(tx, [before.id]);
    await requeueUnplaced(tx);
  }
  return toCalendarRecord(changed);
}

const toSecrets = ({ webhookSecret }: { webhookSecret?: string | undefined }) =>
  webhookSecret === undefined ? { apiKey: 'set' } : { apiKey: 'set', webhookSecret: 'set' };

/** In the audit log, and in the calendar's own story. */
async function note(tx: Db, calendarId: string, action: string, changes: Record<string, string>): Promise<void> {
  await recordAudit(tx, ENVIRONMENT_ACTOR, {
    action,
    subjectType: 'calendar',
    subject: calendarId,
    calendarId,
    changes,
  });
  const fact =
    action === 'calendar.create'
      ? ({ fact: 'calendar-created', kind: 'luma' } as const)
      : ({ fact: 'calendar-changed', fields: Object.keys(changes) } as const);
  await appendTimeline(tx, [{ recordType: 'calendar', recordId: calendarId, actor: ENVIRONMENT_ACTOR.name, fact }]);
}
