import type { SimSettingsInput } from '@luma-sync/luma-sim';
import { HEAVY_FAULTS, HEAVY_FAULTS_ON_ADDS, NO_FAULTS, SILENCE } from './fault-profile.js';
import { checkInvariants, type Verdict } from './invariants/check-invariants.js';
import { ODD_EVENT_WAYS } from './invariants/odd-events.js';
import { Play } from './play.js';
import { reconcile, requestGuestPulls } from './reconcile.js';
import { TwoSides } from './scenarios/two-sides.js';
import { SeededRandom } from './seeded-random.js';

export interface SeedResult {
  seed: number;
  /** It was asked for that runs fall silent. */
  isSilent: boolean;
  isOdd: boolean;
  isLate: boolean;
  verdict: Verdict;
  counts: { requests: number; writes: number; deliveries: number; operations: number; replays: number };
  trace: readonly string[];
}

export interface RunSeedOptions {
  isTraced?: boolean;
  /** Whether runs fall silent in it; by default in one seed of ten. */
  isSilent?: boolean;
  /** Whether Luma shows one guest and one event in three in a way that cannot be read, or not in full. Default: no. */
  isOdd?: boolean;
  /**
   * Whether the first read after each change shows the earlier state. In every other seed Luma rewrites links instead.
   * Default: no.
   */
  isLate?: boolean;
}

/**
 * Ways that leave a guest's identity as it is, or hide all of the guest: Luma never forgets the address under which it
 * was asked for somebody. Moments of arrival are checked, so none is spoiled.
 */
const ODD_RECORDS = {
  oneIn: 3,
  ways: [
    ...ODD_EVENT_WAYS,
    'guest.email-too-long',
    'guest.email-number',
    'guest.status-absent',
    'guest.name-nul',
    'guest.name-number',
    'guest.answers-odd',
    'guest.no-record',
  ],
};

const MINUTE_MS = 60_000;
/** Operators replay dead letters until none comes back; more rounds than this are a failure. */
const REPLAY_ROUNDS_MAX = 5;

/**
 * Runs one seed with a few records: edits on both sides under heavy faults, a time without faults, one reconcile as by
 * the schedules. Then the two sides are compared.
 */
export async function runSeed(
  seed: number,
  { isTraced = false, isSilent, isOdd = false, isLate = false }: RunSeedOptions = {},
): Promise<SeedResult> {
  const draw = new SeededRandom(seed + 1_000_003);
  // Drawn apart, so that a newer kind of action keeps the traces of earlier seeds.
  const extra = new SeededRandom(seed + 2_000_029);
  const isHardOnAdds = extra.chance(0.3);
  const faults = isHardOnAdds ? HEAVY_FAULTS_ON_ADDS : HEAVY_FAULTS;
  const fallsSilent = new SeededRandom(seed + 3_000_017).chance(0.1);
  const play = new Play({
    seed,
    isTraced,
    faults: (isSilent ?? fallsSilent) ? { ...faults, silence: SILENCE } : faults,
    mailOnRsvp: draw.chance(0.5) || isHardOnAdds,
    ...(isHardOnAdds ? { mailConfirmAbove: extra.pick([1, 2, 50]) } : {}),
    mailOnUpdate: draw.chance(0.5),
    luma: toLuma(drawLuma(draw), { seed, isOdd, isLate }),
  });
  const sides = new TwoSides(play, draw.whole(1, 4));
  scheduleActions(play, sides, draw);
  if (isHardOnAdds)
    for (let index = extra.whole(1, 4); index > 0; index -= 1)
      play.time.after(extra.whole(0, MINUTE_MS), () => sides.app.crowd(extra.chance(0.3)));
  schedulePulls(play, sides, new SeededRandom(seed + 4_000_037));
  await play.settle();

  play.faults = NO_FAULTS;
  play.trace.record(() => '--- all faults end');
  play.wakeParked();
  const replays = await replayAll(play);
  await reconcile(play);
  const verdict = checkInvariants(play, sides.said);
  return {
    seed,
    isSilent: isSilent === true,
    isOdd,
    isLate,
    verdict,
    counts: {
      requests: play.witness.counts.requests,
      writes: play.witness.counts.writes,
      deliveries: play.webhooks.counts.copies,
      operations: play.operations.rows.size,
      replays,
    },
    trace: play.trace.lines,
  };
}

/** Where Luma's behaviour is not known, each variant is played. */
function drawLuma(draw: SeededRandom): SimSettingsInput {
  const addDelayMaxMs = draw.pick([0, 500, 3_000, 20_000]);
  return {
    guests: {
      addDelayMinMs: 0,
      addDelayMaxMs,
      addAnswer: draw.pick(['empty', 'skipped']),
      doesRepeatMail: draw.chance(0.5),
      doesRepeatIssueTicket: draw.chance(0.5),
      emailCase: draw.pick(['lower', 'keep']),
    },
    events: { hasCapacity: draw.chance(0.5), listLagMs: draw.pick([0, 0, 5_000]) },
    paging: { defaultSize: draw.pick([1, 2, 50]), maxSize: draw.pick([2, 50]) },
  };
}

function toLuma(
  drawn: SimSettingsInput,
  { seed, isOdd, isLate }: { seed: number; isOdd: boolean; isLate: boolean },
): SimSettingsInput {
  // One of the two in each seed: a late read hides what a host changed and what Luma rewrote.
  const late = isLate
    ? new SeededRandom(seed + 5_000_011).chance(0.5)
      ? { staleReads: 1 }
      : { areLinksRewritten: true }
    : {};
  return { ...drawn, events: { ...drawn.events, ...late }, ...(isOdd ? { spoiled: ODD_RECORDS } : {}) };
}

function scheduleActions(play: Play, sides: TwoSides, draw: SeededRandom): void {
  const { time } = play;
  const lengthMs = draw.pick([5_000, 60_000, 10 * MINUTE_MS, 60 * MINUTE_MS]);
  const appEvents = draw.whole(0, 2);
  for (let index = 0; index < appEvents; index += 1) time.after(draw.whole(0, 500), () => sides.app.createEvent());
  for (let index = draw.whole(appEvents === 0 ? 1 : 0, 1); index > 0; index -= 1)
    time.after(draw.whole(0, 500), () => sides.luma.createEvent());
  const actions: (() => void)[] = [
    ...repeat(6, () => sides.app.edit()),
    ...repeat(5, () => sides.luma.edit()),
    ...repeat(5, () => sides.app.answer()),
    ...repeat(3, () => sides.luma.register()),
    ...repeat(4, () => sides.luma.decide()),
    () => sides.app.repeat(),
    () => sides.luma.checkIn(),
    () => sides.app.changeMail(),
    ...(draw.chance(0.3) ? [() => sides.app.cancelOrApprove()] : []),
    ...(draw.chance(0.15) ? [() => sides.luma.removeGuest()] : []),
    ...(draw.chance(0.03) ? [() => sides.luma.removeEvent()] : []),
  ];
  for (let index = draw.whole(3, 30); index > 0; index -= 1) {
    const action = draw.pick(actions);
    time.after(1_000 + draw.whole(0, lengthMs), action);
  }
}

/**
 * In every other seed guest lists are read while both sides act: a page that was read before a push may be merged after
 * it. In some of them guests are taken off at Luma and answer again, which an older page must not undo.
 */
function schedulePulls(play: Play, sides: TwoSides, draw: SeededRandom): void {
  if (draw.chance(0.5)) return;
  const lengthMs = draw.pick([5_000, MINUTE_MS]);
  for (let index = draw.whole(5, 25); index > 0; index -= 1)
    play.time.after(1_000 + draw.whole(0, lengthMs), () => requestGuestPulls(play));
  if (draw.chance(0.5)) return;
  for (let index = draw.whole(2, 8); index > 0; index -= 1) {
    const at = 1_000 + draw.whole(0, lengthMs);
    play.time.after(at, () => sides.luma.removeGuest());
    play.time.after(at + draw.whole(0, 2_000), () => (draw.chance(0.3) ? sides.app.changeMail() : sides.app.answer()));
  }
}

const repeat = <T>(times: number, item: T): T[] => Array.from({ length: times }, () => item);

async function replayAll(play: Play): Promise<number> {
  let count = 0;
  for (let round = 0; round < REPLAY_ROUNDS_MAX; round += 1) {
    const replayed = play.replayDeadLetters();
    if (replayed === 0) return count;
    count += replayed;
    await play.settle();
  }
  return count;
}
