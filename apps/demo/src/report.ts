import Table from 'cli-table3';
import { collect } from './collect.js';
import { type Comparison, compareSides } from './compare.js';
import { BUDGET } from './config.js';
import type { Stage } from './stage.js';

export interface Verdict {
  lost: string[];
  duplicated: string[];
  overBudget: number;
  /** Requests that Luma's document does not allow. */
  outsideDocument: number;
}

/** Reads both sides anew and puts them next to each other. */
export async function judge(stage: Stage): Promise<Verdict> {
  const { app, luma, screen } = stage;
  const events = await collect(app.events.all());
  const ours = await Promise.all(
    events.map(async (event) => ({ event, rsvps: await collect(app.rsvps.all(event.externalId ?? event.id)) })),
  );
  const [state, counters, mails] = await Promise.all([luma.state(), luma.counters(), luma.mails()]);
  const comparison = compareSides(ours, state.events);
  showSides(stage, comparison, new Map(events.map((event) => [event.title, event.sync.state ?? ''])));

  const failed = await collect(app.operations.all({ state: 'failed' }));
  const recipients = mails.flatMap((mail) => mail.to.map((to) => `${to.toLowerCase()} ${mail.subject}`));
  const doubleMails = recipients.length - new Set(recipients).size;
  const duplicated = [
    ...counters.duplicates.events.map(() => 'an event exists twice at Luma'),
    ...counters.duplicates.guests.map(() => 'a guest exists twice at Luma'),
    ...findRepeated(ours.flatMap(({ rsvps }) => rsvps.map((rsvp) => rsvp.luma?.guestId ?? null))).map(
      () => 'two RSVPs stand for one guest',
    ),
    ...(doubleMails > 0 ? [`${doubleMails} mails went out twice`] : []),
  ];
  const lost = [
    ...comparison.lost,
    ...failed.map((operation) => `${operation.job} was given up: ${operation.error?.message ?? ''}`),
  ];
  const checkedIn = ours.flatMap(({ rsvps }) => rsvps).filter((rsvp) => rsvp.checkedInAt !== null).length;
  if (checkedIn !== 1) lost.push(`${checkedIn} check-ins are here, one was made at Luma`);
  // About a hidden event nobody is mailed.
  const held = state.events.filter((event) => event.visibility !== 'private');
  const confirmed = held.flatMap((event) => event.guests).filter((guest) => guest.status === 'approved').length;
  if (mails.length !== confirmed) lost.push(`${confirmed} guests hold a place and ${mails.length} coupons were mailed`);

  const use = new Table({ style: { head: [], border: [] }, head: ['', 'count', 'allowed'] });
  use.push(
    ['requests to Luma, all', counters.requests, ''],
    ['most in any minute', counters.maxInAnyWindow, BUDGET.limit],
    ['refused for being over budget', counters.breaches, 0],
    ['sent without a slot of their own', counters.refusedWithoutSlot + counters.refusedWithUsedSlot, 0],
    ["requests outside of Luma's document", counters.outsideDocument, 0],
    ['mails Luma sent because of us', sum(counters.mailsLumaWouldHaveSent.byApi), 0],
    ['coupon mails', mails.length, confirmed],
    ['webhooks delivered, repeats included', counters.webhooks.attempts, ''],
  );
  screen.text(use.toString());
  return {
    lost,
    duplicated,
    overBudget: counters.breaches + counters.refusedWithoutSlot + counters.refusedWithUsedSlot,
    outsideDocument: counters.outsideDocument,
  };
}

function showSides({ screen }: Stage, { events }: Comparison, states: ReadonlyMap<string, string>): void {
  const sides = new Table({
    style: { head: [], border: [] },
    head: ['event', 'state', 'RSVPs here', 'guests at Luma', 'equal', 'differences'],
    colWidths: [40, 12, 12, 16, 8, 24],
    wordWrap: true,
  });
  for (const event of events) {
    sides.push([
      event.title,
      states.get(event.title) ?? '',
      event.ours,
      event.theirs,
      event.equal,
      event.differences.join('; ') || 'none',
    ]);
  }
  screen.text(sides.toString());
  if ([...states.values()].includes('drifted'))
    screen.text(
      'drifted: Luma changed it and no webhook told of it; the drift check found the change and took it over.',
    );
}

function findRepeated(values: readonly (string | null)[]): string[] {
  const known = values.filter((value) => value !== null);
  return [...new Set(known.filter((value, index) => known.indexOf(value) !== index))];
}

function sum(counts: Record<string, number>): number {
  return Object.values(counts).reduce((total, count) => total + count, 0);
}
