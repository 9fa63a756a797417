import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { openTestDatabase } from '@luma-sync/testkit';
import { type Database, openDatabase } from '../database.js';
import { applyRetention } from '../retention/retention.js';
import { DEFAULT_RETENTION_DAYS } from '../retention/retention-days.js';
import { CLI_ACTOR, recordAudit } from './record-audit.js';

let db: Database;
beforeAll(async () => {
  db = openDatabase({ url: (await openTestDatabase()).url });
});
afterAll(() => db.$disconnect());

it('retention alone removes entries of the audit log, and none of the last thirty days', async () => {
  for (const days of [0, 29, 31, 900])
    await db.$executeRaw`
      insert into audit_log (at, actor, action, subject) values (now() - ${days} * interval '1 day', 'a', 'x.y',
        ${String(days)})`;
  await recordAudit(db, CLI_ACTOR, { action: 'x.y', subjectType: 'test', subject: 'now' });
  const subjects = async () => (await db.auditEntry.findMany({ orderBy: { id: 'asc' } })).map(({ subject }) => subject);
  const run = (audit: number) =>
    applyRetention(db, { ...DEFAULT_RETENTION_DAYS, audit }, { signal: new AbortController().signal, batchesMax: 10 });
  expect((await run(DEFAULT_RETENTION_DAYS.audit)).removed.audit).toBe(1);
  expect(await subjects()).toEqual(['0', '29', '31', 'now']);
  expect((await run(1)).removed.audit).toBe(1);
  expect(await subjects()).toEqual(['0', '29', 'now']);
  await expect(db.$executeRaw`delete from audit_log`).rejects.toThrow('append-only');
});
