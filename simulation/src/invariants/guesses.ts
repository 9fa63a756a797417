import type { Sending } from '../luma/sendings.js';
import type { Play } from '../play.js';
import type { SaidBySides } from '../scenarios/said.js';
import type { Verdict } from './check-invariants.js';

/** Luma shows a guest up to half a minute after it accepted them; who is sent again before this was not waited for. */
const PATIENCE_MS = 10_000;

/**
 * An unknown outcome is looked up, never guessed: what may have come through is not sent again before its run has seen
 * what Luma has. That a played Luma would have refused the second time, or would show both, is no excuse.
 */
export function checkGuesses(play: Play, said: SaidBySides, verdict: Verdict): void {
  const last = new Map<string, Sending>();
  for (const sending of play.sendings.list) {
    if (sending.kind !== 'create' && sending.kind !== 'add') continue;
    const names = sending.kind === 'create' ? ['event'] : sending.emails;
    for (const name of names) {
      const key = `${sending.kind} ${sending.eventId} ${name}`;
      const before = last.get(key);
      last.set(key, sending);
      if (before === undefined || before.isRefused) continue;
      const lookedAt = Math.max(sending.lookedAt.get(name.toLowerCase()) ?? -1, sending.lookedAt.get('guests') ?? -1);
      if (lookedAt < before.at) verdict.guessed.push(`${key}: sent again without a look`);
      else if (sending.kind === 'add' && wasHasty(before, sending, name, said))
        verdict.guessed.push(`${key}: sent again ${sending.at - before.at} ms after Luma accepted it`);
    }
  }
}

function wasHasty(before: Sending, { at, lumaEventId }: Sending, email: string, said: SaidBySides): boolean {
  if (before.acceptedAt === null || before.run.wasSilent || at - before.acceptedAt >= PATIENCE_MS) return false;
  // A host took them off, so there is nothing to wait for.
  return !said.removedGuests.has(`${lumaEventId} ${email}`);
}
