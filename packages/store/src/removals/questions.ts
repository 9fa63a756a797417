import type { Db } from '../database.js';
import { type AbsentRecord, Prisma, type RemovalAnswer, type RemovalQuestion } from '../generated/client.js';
import { eventIdWithin, type Reach } from '../reach/reach.js';

interface Missing {
  recordType: AbsentRecord;
  scopeId: string;
  total: number;
  missing: readonly string[];
}

/** Asks, or brings the open question up to what is missing now. One that was answered with yes is worked off first. */
export async function askAboutMissing(tx: Db, { recordType, scopeId, total, missing }: Missing): Promise<void> {
  await tx.$executeRaw`
    insert into removal_questions as q (record_type, scope_id, missing, total, record_ids)
    values (${recordType}::absent_record, ${scopeId}::uuid, ${missing.length}::int, ${total}::int,
      ${[...missing]}::uuid[])
    on conflict (record_type, scope_id) where settled_at is null do update set
      missing = excluded.missing, total = excluded.total, record_ids = excluded.record_ids, updated_at = now()
    where q.answer is null`;
}

/** Records of which a person said that they are to be removed, if a read finds them gone. */
export async function findAllowedRemovals(
  tx: Db,
  { recordType, scopeId }: Pick<Missing, 'recordType' | 'scopeId'>,
): Promise<Set<string>> {
  const answered = await tx.removalQuestion.findFirst({
    where: { recordType, scopeId, settledAt: null, answer: 'remove' },
    select: { recordIds: true },
  });
  return new Set(answered?.recordIds ?? []);
}

/** Nothing is left to ask or to do: the records are there again, or gone. */
export async function settleQuestion(tx: Db, recordType: AbsentRecord, scopeId: string): Promise<void> {
  await tx.removalQuestion.updateMany({
    where: { recordType, scopeId, settledAt: null },
    data: { settledAt: new Date(), updatedAt: new Date() },
  });
}

/** Holds the row until the transaction ends. */
export async function lockRemovalQuestion(tx: Db, id: string): Promise<RemovalQuestion | null> {
  await tx.$executeRaw`select id from removal_questions where id = ${id}::uuid for update`;
  return tx.removalQuestion.findUnique({ where: { id } });
}

/** `keep` also settles the question, and keeps the records that it is about. */
export async function storeRemovalAnswer(
  tx: Db,
  { id, recordType, recordIds }: RemovalQuestion,
  { answer, actor }: { answer: RemovalAnswer; actor: string },
): Promise<RemovalQuestion> {
  const now = new Date();
  const settled = answer === 'keep' ? { settledAt: now } : {};
  const question = await tx.removalQuestion.update({
    where: { id },
    data: { answer, answeredBy: actor, answeredAt: now, updatedAt: now, ...settled },
  });
  if (answer === 'keep')
    await tx.absence.updateMany({ where: { recordType, recordId: { in: recordIds } }, data: { keptAt: now } });
  return question;
}

export type QuestionState = 'open' | 'answered' | 'settled';

export interface QuestionQuery {
  state?: QuestionState | undefined;
  /** Only what the caller reaches; absent: all. */
  reach?: Reach;
  /** The last one of the page before. */
  after?: { at: Date; id: string } | undefined;
  limit: number;
}

/** Newest first. */
export async function listRemovalQuestions(
  db: Db,
  { state, after, limit, reach = null }: QuestionQuery,
): Promise<RemovalQuestion[]> {
  const conditions = [Prisma.sql`true`, ...(state === undefined ? [] : [IN_STATE[state]])];
  if (reach !== null)
    conditions.push(Prisma.sql`case when q.record_type = 'event' then q.scope_id = any(${[...reach]}::uuid[])
      else ${eventIdWithin(reach, Prisma.sql`q.scope_id`)} end`);
  if (after !== undefined)
    conditions.push(Prisma.sql`(q.created_at, q.id) < (${after.at}::timestamptz, ${after.id}::uuid)`);
  const page = await db.$queryRaw<{ id: string }[]>`
    select q.id from removal_questions q where ${Prisma.join(conditions, ' and ')}
    order by q.created_at desc, q.id desc limit ${limit}`;
  return db.removalQuestion.findMany({
    where: { id: { in: page.map(({ id }) => id) } },
    orderBy: [{ createdAt: 'desc' }, { id: 'desc' }],
  });
}

const IN_STATE: Record<QuestionState, Prisma.Sql> = {
  open: Prisma.sql`q.settled_at is null and q.answer is null`,
  answered: Prisma.sql`q.settled_at is null and q.answer is not null`,
  settled: Prisma.sql`q.settled_at is not null`,
};

export type { RemovalAnswer, RemovalQuestion };
