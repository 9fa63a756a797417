import type { Base, EventState, ObservedEventState } from '@luma-sync/domain';

/**
 * Luma gives an event a cover of its own when none was asked for. The first one that it shows of an event we created, when nothing of ours was asked
 * to be there, is agreed: nobody has changed anything. Only a look after a lost answer meets such a base; a create that ends well reads the cover back.
 */
export function withFirstCover(base: Base<EventState>, { cover }: ObservedEventState): Base<EventState> {
  const isKnown = base.luma.cover !== undefined || base.asked?.cover !== undefined;
  return isKnown || cover === undefined ? base : { ...base, luma: { ...base.luma, cover } };
}
