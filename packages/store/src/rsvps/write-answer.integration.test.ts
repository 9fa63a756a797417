import { expect, it } from '@jest/globals';
import { applyAnswer, RSVP_STATUSES } from '@luma-sync/domain';
import { openSyncWorld } from '../../test/sync-world.js';
import type { Db } from '../database.js';
import { writeAnswer } from './write-answer.js';

const read = (tx: Db, id: string) =>
  tx.rsvp.findUniqueOrThrow({ where: { id }, select: { status: true, stated: true, revision: true } });

it('writes each answer as applyAnswer decides', async () => {
  const { db, addEvent, addPerson } = await openSyncWorld();
  const [eventId, personId] = [await addEvent(), await addPerson()];
  await db.$transaction(
    async (tx) => {
      const first = await writeAnswer(tx, eventId, personId, 'going', false);
      const { isChanged, ...created } = applyAnswer(null, 'going', false);
      expect([first.isChanged, await read(tx, first.id)]).toEqual([isChanged, created]);
      for (const status of RSVP_STATUSES)
        for (const stated of [null, ...RSVP_STATUSES])
          for (const submitted of RSVP_STATUSES)
            for (const isPersonChanged of [false, true]) {
              const held = { status, stated, revision: 3 };
              await tx.rsvp.update({ where: { id: first.id }, data: held });
              const written = await writeAnswer(tx, eventId, personId, submitted, isPersonChanged);
              const { isChanged: isNews, ...expected } = applyAnswer(held, submitted, isPersonChanged);
              const said = { held, submitted, isPersonChanged };
              const { status: answered, revision } = expected;
              expect({ ...said, row: await read(tx, first.id) }).toEqual({ ...said, row: expected });
              expect({ ...said, written }).toEqual({
                ...said,
                written: { id: first.id, status: answered, revision, isChanged: isNews },
              });
            }
    },
    { timeout: 100_000 },
  );
});
