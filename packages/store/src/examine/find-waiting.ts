import type { Db } from '../database.js';

/** What nothing but a person's decision settles. */
export interface WaitingForPeople {
  removalQuestions: number;
  backfillQuestions: number;
  conflicts: number;
  /** Mails that the provider may have sent or not. */
  unknownMails: number;
}

export async function countWaitingForPeople(db: Db): Promise<WaitingForPeople> {
  const [row] = await db.$queryRaw<WaitingForPeople[]>`
    select
      (select count(*)::int from removal_questions where settled_at is null and answer is null) as "removalQuestions",
      (select count(*)::int from backfill_questions where settled_at is null and answer is null) as "backfillQuestions",
      (select count(*)::int from conflicts where resolved_at is null) as conflicts,
      (select count(*)::int from messages where state = 'unknown') as "unknownMails"`;
  return row ?? { removalQuestions: 0, backfillQuestions: 0, conflicts: 0, unknownMails: 0 };
}
