import type { Db } from '../database.js';
import { Prisma } from '../generated/client.js';

export type AuditActorKind = 'api_key' | 'operator' | 'cli' | 'environment';

/** Who does something that is kept in the audit log. */
export interface AuditActor {
  /** Name of the API key; else the kind. */
  name: string;
  kind: AuditActorKind;
  apiKeyId?: string | null;
  /** Network address of the caller; null for what is done on the machine itself. */
  address?: string | null;
}

export const CLI_ACTOR: AuditActor = { name: 'cli', kind: 'cli' };
export const ENVIRONMENT_ACTOR: AuditActor = { name: 'environment', kind: 'environment' };

/** What was done. Never a secret, a name of a person, a mail address or a phone number. */
export interface AuditNote {
  /** Dotted and stable: `calendar.change`. */
  action: string;
  /** `calendar`, `api_key`, `event`, ... */
  subjectType: string;
  /** Our id of it; what it is called where it has none. */
  subject: string;
  calendarId?: string | null;
  /** Fields by name, with values that may be known; of a secret only that it was changed. */
  changes?: Readonly<Record<string, unknown>>;
}

/** Adds an entry in the transaction of what it speaks of: both commit, or neither. */
export async function recordAudit(tx: Db, actor: AuditActor, note: AuditNote): Promise<void> {
  await tx.auditEntry.create({
    data: {
      actor: actor.name,
      actorKind: actor.kind,
      apiKeyId: actor.apiKeyId ?? null,
      address: actor.address ?? null,
      action: note.action,
      subjectType: note.subjectType,
      subject: note.subject,
      calendarId: note.calendarId ?? null,
      details: note.changes === undefined ? Prisma.DbNull : (note.changes as Prisma.InputJsonObject),
    },
    select: { id: true },
  });
}
