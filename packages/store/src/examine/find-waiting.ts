import type { Db } from '../database.js';
import { HELD_FROM, IS_MAIL_HELD } from '../mail-guard/held-mails.js';

/** What nothing but a person's decision settles. */
export interface WaitingForPeople {
  removalQuestions: number;
  backfillQuestions: number;
  conflicts: number;
  /** Mails that the provider may have sent or not. */
  unknownMails: number;
  /** People whom Luma did not mail about their answer, since a command would have mailed too many. */
  heldMails: number;
}

export async function countWaitingForPeople(db: Db): Promise<WaitingForPeople> {
  const [row] = await db.$queryRaw<WaitingForPeople[]>`
    select
      (select count(*)::int from removal_questions where settled_at is null and answer is null) as "removalQuestions",
      (select count(*)::int from backfill_questions where settled_at is null and answer is null) as "backfillQuestions",
      (select count(*)::int from conflicts where resolved_at is null) as conflicts,
      (select count(*)::int from messages where state = 'unknown') as "unknownMails",
      (select count(*)::int from ${HELD_FROM} where l.mail_held_revision is not null and ${IS_MAIL_HELD}
        and l.mail_confirmed_at is null) as "heldMails"`;
  return row ?? { removalQuestions: 0, backfillQuestions: 0, conflicts: 0, unknownMails: 0, heldMails: 0 };
}
