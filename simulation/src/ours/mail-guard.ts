import { rsvpLinks, toContactEmail } from '@luma-sync/domain';
import type { VirtualTime } from '../virtual-time.js';
import type { Commits } from './commits.js';
import type { Deps } from './connect.js';
import type { Operations } from './operations.js';
import type { MailPermitRow, RsvpRow, Tables } from './tables.js';

export type InMemoryMailGuard = Commits<Deps['mailGuard']>;

const PERMIT_MS = 24 * 3_600_000;

/**
 * What `createMailGuard` does to Postgres.
 *
 * @param limit The calendar's `mailConfirmAbove`.
 */
export function createInMemoryMailGuard(
  tables: Tables,
  operations: Operations,
  time: VirtualTime,
  limit: number,
): InMemoryMailGuard {
  const use = (permitId: string | null, recipients: number): void => {
    const permit = tables.mailPermits.find(({ id }) => id === permitId);
    if (permit !== undefined) permit.used = Math.max(0, Math.min(permit.recipients, permit.used + recipients));
  };
  return {
    findAllowance({ eventId, purpose }) {
      const permit = tables.mailPermits.findLast(
        (row) => row.eventId === eventId && row.purpose === purpose && row.expiresAt > time.now(),
      );
      const left = permit === undefined ? 0 : permit.recipients - permit.used;
      return { limit, permit: permit === undefined || left <= 0 ? null : { id: permit.id, left, actor: permit.actor } };
    },

    countGuestsToTell: (eventId) =>
      tables.rsvpsOf(eventId).filter(({ id }) => rsvpLinks.isToldOfChanges(tables.linkOf(id))).length,

    countFirstSendings(eventId, planned) {
      const others = tables
        .rsvpsOf(eventId)
        .filter((rsvp) => !planned.includes(rsvp.id) && isFirstSending(tables, rsvp));
      return planned.length + others.length;
    },

    note(holder, { decision, uses, eventId, rsvpIds }) {
      operations.assertOwner(holder);
      if (decision.permitId !== null && uses > 0) use(decision.permitId, uses);
      const entry = { kind: 'decided', message: decision.reason };
      if (rsvpIds === null) tables.note({ ...entry, recordType: 'event', recordId: eventId });
      for (const recordId of rsvpIds ?? []) tables.note({ ...entry, recordType: 'rsvp', recordId });
    },

    giveBack(holder, permitId, recipients) {
      operations.assertOwner(holder);
      use(permitId, -recipients);
    },

    // Nobody confirms a held mail in a simulated run.
    listReleased: () => [],
    takeReleased: () => false,
    giveBackReleased() {},
  };
}

function isFirstSending(tables: Tables, rsvp: RsvpRow): boolean {
  const person = tables.personOf(rsvp);
  const email = person === undefined ? null : toContactEmail(person);
  return rsvpLinks.isFirstSending({ ...rsvp, email }, tables.linkOf(rsvp.id));
}

/** As `giveMailPermit`. */
export function givePermit(
  tables: Tables,
  time: VirtualTime,
  permit: Pick<MailPermitRow, 'eventId' | 'purpose' | 'recipients' | 'actor'>,
): MailPermitRow {
  const row = { ...permit, id: tables.newId(), used: 0, expiresAt: time.now() + PERMIT_MS };
  tables.mailPermits.push(row);
  return row;
}
