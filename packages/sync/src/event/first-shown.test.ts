import { describe, expect, it } from '@jest/globals';
import { type Base, type EventState, toEventState } from '@luma-sync/domain';
import { anEvent } from '../../test/builders.js';
import { planEventMerge } from './plan-merge.js';

const DEFAULT = 'https://images.lumacdn.com/gallery-images/default';
const THEIRS = 'https://images.lumacdn.com/gallery-images/theirs';

/** A create was asked for, and its answer lost. */
function askedFor(event: ReturnType<typeof anEvent>, cover?: string): Base<EventState> {
  const { cover: _ours, ...asked } = toEventState(event);
  return { ours: toEventState(event), luma: {}, asked: cover === undefined ? asked : { ...asked, cover } };
}
const shown = (event: ReturnType<typeof anEvent>, cover: string) => ({ ...toEventState(event), cover });

describe('the cover that Luma shows first of an event whose create lost its answer', () => {
  it.each([
    ['had none', null],
    ['had one that Luma does not take', 'https://app.example.org/cover.svg'],
  ])('is agreed when the event %s: nobody changed it', (_what, coverUrl) => {
    const event = anEvent({ coverUrl });
    const plan = planEventMerge(event, askedFor(event), shown(event, DEFAULT));
    expect(plan).toMatchObject({ takenFields: [], sendFields: [], conflicts: [], changed: true });
    expect(plan.base).toMatchObject({ ours: { cover: coverUrl }, luma: { cover: DEFAULT } });
    // From then on another one is a host's.
    expect(planEventMerge(event, plan.base, shown(event, THEIRS))).toMatchObject({ takenFields: ['cover'] });
  });

  it('is a host’s when another one was asked for', () => {
    const event = anEvent({ coverUrl: 'https://app.example.org/cover.png' });
    const ours = 'https://images.lumacdn.com/event-covers/ours';
    expect(planEventMerge(event, askedFor(event, ours), shown(event, THEIRS))).toMatchObject({
      takenFields: ['cover'],
    });
    expect(planEventMerge(event, askedFor(event, ours), shown(event, ours))).toMatchObject({ takenFields: [] });
  });
});
