import { countOpenUnreadable, countWaitingForPeople } from '@luma-sync/store';
import { defineCheck } from './check.js';
import { type Finding, note, ok, waiting } from './finding.js';

/** What nothing but a person's decision settles. */
export const people = defineCheck({
  what: 'Questions, conflicts and mails',
  needs: ['db'],
  run: async ({ db }) => {
    const { removalQuestions, backfillQuestions, conflicts, unknownMails, heldMails } = await countWaitingForPeople(db);
    const unreadable = await countOpenUnreadable(db);
    const asked: Finding[] = [
      count('Questions about missing records', removalQuestions, 'GET /v1/removal-questions?state=open'),
      count('Questions of backfills', backfillQuestions, 'GET /v1/backfill-questions?state=open'),
      count('Conflicts', conflicts, 'GET /v1/conflicts?state=open; the rule’s choice stands until then'),
      count('Mails whose fate is unknown', unknownMails, 'GET /v1/messages?state=unknown'),
      count('People whose mail was held back', heldMails, 'luma-sync mails held, GET /v1/held-mails'),
    ];
    return [
      ...asked,
      ...unreadable.map(({ name, count: records }) =>
        note(
          `Records of "${name}" at Luma`,
          `${records} cannot be read or stored in full; see: luma-sync unreadable list`,
        ),
      ),
    ];
  },
});

const count = (what: string, open: number, see: string): Finding =>
  open === 0 ? ok(what, 'none') : waiting(what, `${open}; see ${see}`);
