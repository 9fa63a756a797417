import { planCancellation, type QuietCancelMode } from '@luma-sync/domain';
import type { Tx } from '@luma-sync/store';
import { type CommandOptions, type CommandResult, decide, onLockedEvent, unchanged } from './command.js';

const WORDS: Record<QuietCancelMode, string> = {
  hide: 'cancelled, to be hidden at Luma',
  soft: 'cancelled, to be renamed, hidden and closed for registration at Luma',
};

/**
 * Takes the event back at Luma. One that is hidden may still be renamed and closed; the other way round it has to be
 * approved first.
 */
export function cancelEvent(
  tx: Tx,
  key: string,
  { actor, mode = 'hide' }: Pick<CommandOptions, 'actor'> & { mode?: QuietCancelMode },
): Promise<CommandResult> {
  return onLockedEvent(tx, key, async (event, link) => {
    const plan = planCancellation(event, link, mode, new Date());
    if (plan.kind === 'unchanged') return unchanged(tx, event);
    if (plan.kind !== 'decide') return { kind: plan.kind };
    return decide(tx, event, link, { data: plan.change, message: WORDS[mode], actor, isPushed: plan.isPushed });
  });
}
