import type { Db } from '../database.js';
import { type CommandOptions, type CommandResult, decide, onLockedEvent, unchanged } from './command.js';

/** The ways of taking an event back that mail nobody and can be undone by approving it again. */
export type QuietCancelMode = 'hide' | 'soft';

const WORDS: Record<QuietCancelMode, string> = {
  hide: 'cancelled, to be hidden at Luma',
  soft: 'cancelled, to be renamed, hidden and closed for registration at Luma',
};

/** Takes the event back at Luma. One that is hidden may still be renamed and closed; the other way round it has to be approved first. */
export function cancelEvent(
  tx: Db,
  key: string,
  { actor, mode = 'hide' }: Pick<CommandOptions, 'actor'> & { mode?: QuietCancelMode },
): Promise<CommandResult> {
  return onLockedEvent(tx, key, async (event, link) => {
    const isCancelled = event.approval === 'cancelled';
    const before = event.cancelMode ?? 'hide';
    if (isCancelled && (before === mode || before === 'cancel')) return unchanged(tx, event);
    if (isCancelled && mode === 'hide') return { kind: 'cancelled' };
    // A push that is under way may be creating it right now; the one asked for here comes after it.
    const isPushed = event.approval === 'approved' || link !== null;
    const data = {
      approval: 'cancelled' as const,
      cancelledAt: event.cancelledAt ?? new Date(),
      cancelMode: mode,
    };
    return decide(tx, event, link, { data, message: WORDS[mode], actor, isPushed });
  });
}
