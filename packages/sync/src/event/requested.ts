import type { EventState } from '@luma-sync/domain';
import type { SyncEvent } from '@luma-sync/store';
import { coverSources } from '../cover/cover-sources.js';
import { type CoverDeps, type CoverProblem, placeCover } from '../cover/place-cover.js';
import type { Run } from '../run.js';

/** What of ours is asked for, as Luma takes it: its covers are on its own image host. */
export interface Requested {
  state: Partial<EventState>;
  problem: CoverProblem | null;
}

/** Leaves the cover out when none of the event's could be used: Luma then keeps, or chooses, its own. */
export async function toRequested(
  send: Partial<EventState>,
  event: Pick<SyncEvent, 'coverUrl' | 'tags'>,
  { account, deps, ctx }: Run<CoverDeps>,
): Promise<Requested> {
  const { cover, ...state } = send;
  if (cover === undefined) return { state, problem: null };
  const { lumaUrl, problem } = await placeCover(coverSources(event, account.coverFallbacks), { account, deps, ctx });
  return { state: lumaUrl === null ? state : { ...state, cover: lumaUrl }, problem };
}
