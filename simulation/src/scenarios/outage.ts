import { NO_FAULTS } from '../fault-profile.js';
import { checkInvariants, type Verdict } from '../invariants/check-invariants.js';
import { Play } from '../play.js';
import { reconcile } from '../reconcile.js';
import { TwoSides } from './two-sides.js';

const DAY_MS = 86_400_000;

export interface OutageResult {
  verdict: Verdict;
  /** Our side after the outage and one reconcile. */
  after: readonly string[];
  /** A new installation that is shown the same Luma for the first time. */
  fresh: readonly string[];
}

/**
 * Nothing reaches us for three days while a host and guests go on at Luma. One reconcile later our copy is what a new
 * installation would take from Luma.
 */
export async function playOutage(seed: number): Promise<OutageResult> {
  const play = new Play({ seed, faults: NO_FAULTS });
  const sides = new TwoSides(play, 4);
  const { random, time } = play;
  time.after(0, () => sides.luma.createEvent());
  time.after(10, () => sides.luma.createEvent());
  await play.settle();

  play.webhooks.isCut = true;
  const acts = [
    () => sides.luma.edit(),
    () => sides.luma.register(),
    () => sides.luma.decide(),
    () => sides.luma.checkIn(),
  ];
  time.after(DAY_MS, () => sides.luma.createEvent());
  for (let index = random.whole(10, 40); index > 0; index -= 1)
    time.after(random.whole(0, 3 * DAY_MS), random.pick(acts));
  await play.settle();
  play.webhooks.isCut = false;
  await reconcile(play);

  const fresh = new Play({ seed: seed + 1, faults: NO_FAULTS }, play);
  await reconcile(fresh);
  return { verdict: checkInvariants(play, sides.said), after: toPicture(play), fresh: toPicture(fresh) };
}

/** Every event with its guests, by what Luma calls them. */
function toPicture({ tables }: Play): string[] {
  return [...tables.events.values()]
    .map((event) => {
      const { title, descriptionMd, startsAt, endsAt, timezone, locationAddress, locationLat, locationLng } = event;
      const { meetingUrl, visibility, approval } = event;
      const guests = tables
        .rsvpsOf(event.id)
        .map((rsvp) => [
          tables.rsvpLinks.get(rsvp.id)?.lumaGuestId,
          tables.people.get(rsvp.personId)?.email,
          rsvp.status,
          rsvp.checkedInAt,
          rsvp.tickets.length,
        ])
        .sort((a, b) => (String(a[0]) < String(b[0]) ? -1 : 1));
      const place = [locationAddress, locationLat, locationLng];
      const lumaEventId = tables.eventLinks.get(event.id)?.lumaEventId;
      return JSON.stringify([
        lumaEventId,
        title,
        descriptionMd,
        startsAt,
        endsAt,
        timezone,
        place,
        meetingUrl,
        visibility,
        approval,
        guests,
      ]);
    })
    .sort();
}
