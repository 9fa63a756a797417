import type { Database } from '../database.js';
import type { MailPurpose } from '../generated/client.js';
import { fencedTransaction, type LeaseHolder } from '../leases.js';
import { appendTimeline } from '../timeline/append-timeline.js';
import { findMailAllowance, useMailPermit } from './allowance.js';
import { type MailNote, noteHold, toMailEntries } from './note-mail.js';
import { countFirstSendings, countGuestsToTell } from './recipients.js';
import { giveBackReleasedMail, listReleasedMails, type ReleasedMail, takeReleasedMail } from './released-mails.js';

/** What workers ask before they let Luma mail anybody, and where they write down why. */
export function createMailGuard(db: Database) {
  return {
    findAllowance: (query: { eventId: string; calendarId: string; purpose: MailPurpose }) =>
      findMailAllowance(db, query),
    countGuestsToTell: (eventId: string) => countGuestsToTell(db, eventId),
    countFirstSendings: (eventId: string, planned: readonly string[]) => countFirstSendings(db, eventId, planned),

    /** Stored before the request: a run that dies in between has used the word up, and the next one mails nobody. */
    note: (holder: LeaseHolder, note: MailNote): Promise<void> =>
      fencedTransaction(db, holder, async (tx) => {
        if (note.decision.permitId !== null && note.uses > 0)
          await useMailPermit(tx, note.decision.permitId, note.uses);
        if (note.hold !== undefined) await noteHold(tx, note.hold);
        await appendTimeline(tx, toMailEntries(note, holder.operationId));
      }),

    /** The request surely never reached Luma. */
    giveBack: (holder: LeaseHolder, permitId: string, recipients: number): Promise<void> =>
      fencedTransaction(db, holder, (tx) => useMailPermit(tx, permitId, -recipients)),

    listReleased: (eventId: string, limit: number) => listReleasedMails(db, eventId, limit),
    takeReleased: (holder: LeaseHolder, mail: ReleasedMail, how: Parameters<typeof takeReleasedMail>[3]) =>
      takeReleasedMail(db, holder, mail, how),
    giveBackReleased: (holder: LeaseHolder, mail: ReleasedMail, isConfirmed: boolean) =>
      giveBackReleasedMail(db, holder, mail, isConfirmed),
  };
}

export type MailGuard = ReturnType<typeof createMailGuard>;
