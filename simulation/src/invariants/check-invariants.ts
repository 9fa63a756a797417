import type { Play } from '../play.js';
import type { SaidBySides } from '../scenarios/said.js';
import { checkEvents } from './events.js';
import { checkGuesses } from './guesses.js';
import { checkGuests } from './guests.js';
import { checkMails } from './mails.js';

/** What a run did wrong, in words; empty lists for a run that did nothing wrong. */
export interface Verdict {
  /** The two sides differ, or one of them holds what nobody said last. */
  diverged: string[];
  echoes: string[];
  /** Events or guests that exist twice. */
  duplicates: string[];
  unwantedMails: string[];
  /** Sent again without a look at what came of it the first time, or before Luma had the time to show it. */
  guessed: string[];
  /** Values that were replaced and of which no conflict tells. */
  forgotten: string[];
  /** Somebody said no at Luma, we saw it and approved all the same. */
  undone: string[];
  /** Requests that Luma's document does not allow. */
  outsideDocument: string[];
}

/** Compares what both sides hold in the end, with each other and with what was said. Looks inside; asks no API. */
export function checkInvariants(play: Play, said: SaidBySides): Verdict {
  const verdict: Verdict = {
    diverged: [],
    echoes: [...play.witness.counts.echoes],
    duplicates: [],
    unwantedMails: [],
    guessed: [],
    forgotten: [],
    undone: [...play.witness.counts.undone],
    outsideDocument: listOutside(play),
  };
  if (play.isRestless) verdict.diverged.push('never came to rest');
  checkEvents(play, said, verdict);
  checkGuests(play, said, verdict);
  checkMails(play, said, verdict);
  checkGuesses(play, said, verdict);
  return verdict;
}

/** One line each; of the oldest of many the count alone is known. */
function listOutside({ luma }: Play): string[] {
  const { count, entries } = luma.control.outside();
  const lines = entries.map(({ method, path, problems }) => `${method} ${path}: ${problems.join('; ')}`);
  return [...lines, ...Array.from({ length: count - lines.length }, () => 'another request')];
}

export const isFlawless = (verdict: Verdict): boolean => Object.values(verdict).every((list) => list.length === 0);
