import type { Database } from '../database.js';
import { readNamedDeliveries } from './named-deliveries.js';
import { KEPT_TABLES, PERSONAL_TABLES } from './personal-tables.js';
import { findSubject, subjectName } from './subject.js';

export interface PersonExport {
  exportedAt: string;
  /** Data that others keep. */
  notIncluded: readonly string[];
  /** Rows by class of data, each with all its columns. */
  data: Record<string, unknown[]>;
}

/** Data that is not ours to export or to erase. */
export const NOT_OURS: readonly string[] = [
  'Luma: the guest’s own entry, account and mails. A host removes a guest at Luma, the guest asks Luma.',
  'The provider of mail: its own log of what was sent.',
  'Backups of Postgres, until they expire.',
  'Titles and descriptions of events: the words of their hosts.',
];

/**
 * Everything that is stored about a person, as one document.
 *
 * @returns null when the key names nobody, and nothing that was received names the address. `subject` is for the audit
 *   log and names nobody.
 */
export async function exportPerson(
  db: Database,
  key: string,
): Promise<{ subject: string; rows: number; document: PersonExport } | null> {
  const subject = await findSubject(db, key);
  if (subject === null) return null;
  const deliveries = await readNamedDeliveries(db, subject.pattern);
  const data: PersonExport['data'] = { webhookDeliveries: deliveries.map(({ row }) => row) };
  for (const { name, from, where } of [...PERSONAL_TABLES, ...KEPT_TABLES]) {
    const found = await db.$queryRaw<
      { row: unknown }[]
    >`select to_jsonb(t) as row from ${from} where ${where(subject)}`;
    data[name] = found.map(({ row }) => row);
  }
  const rows = Object.values(data).reduce((sum, { length }) => sum + length, 0);
  if (rows === 0) return null;
  const document = { exportedAt: new Date().toISOString(), notIncluded: NOT_OURS, data };
  return { subject: subjectName(subject), rows, document };
}
