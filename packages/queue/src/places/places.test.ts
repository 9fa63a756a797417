import { describe, expect, it } from '@jest/globals';
import { type KeySpeed, Places, type PlacesOptions, type Taken } from './places.js';

/** Jobs by name; `key/name`, or `key/name/priority`. Tells which are running, in the order they began. */
function open(options: Partial<PlacesOptions> = {}) {
  const speeds = new Map<string, KeySpeed>();
  const late = new Set<string>();
  const places = new Places({
    places: 4,
    perKey: 2,
    extraPlaces: 2,
    waitingMax: 10,
    speedOf: (key) => speeds.get(key) ?? 'quick',
    isLate: (key) => late.has(key),
    ...options,
  });
  const running = new Map<string, () => void>();
  const refused = new Map<string, Taken['kind']>();
  return {
    places,
    running: () => [...running.keys()],
    refused,
    async arrive(...jobs: string[]) {
      for (const job of jobs) {
        const [key = '', , priority = '1'] = job.split('/');
        void places.take({ key: key === '?' ? null : key, priority: Number(priority) }).then((taken) => {
          if (taken.kind === 'admitted') running.set(job, taken.leave);
          else refused.set(job, taken.kind);
        });
      }
      await settled();
    },
    async end(job: string) {
      running.get(job)?.();
      running.delete(job);
      await settled();
    },
    async late(key: string) {
      late.add(key);
      places.reconsider();
      await settled();
    },
    async turn(key: string, speed: KeySpeed) {
      speeds.set(key, speed);
      places.reconsider();
      await settled();
    },
    async drained() {
      places.drained();
      await settled();
    },
  };
}
const settled = () => new Promise<void>((resolve) => setImmediate(resolve));

describe('places of a key', () => {
  it('are a share: what is more waits, and another key passes', async () => {
    const world = open();
    await world.arrive('a/1', 'a/2', 'a/3', 'a/4', 'b/1');
    expect(world.running()).toEqual(['a/1', 'a/2', 'b/1']);
    expect(world.places.waitingJobs).toBe(2);
  });

  it('go to the next job of the key, by priority and then in order, once Redis was found empty', async () => {
    const world = open();
    await world.arrive('a/1', 'a/2', 'a/3/5', 'a/4/5', 'a/5/1');
    await world.drained();
    for (const [ended, begins] of [
      ['a/1', 'a/5/1'],
      ['a/2', 'a/3/5'],
      ['a/5/1', 'a/4/5'],
    ] as const) {
      await world.end(ended);
      expect(world.running()).toContain(begins);
    }
  });

  it('are not all held by bulk runs: what a person waits for begins beside them', async () => {
    const world = open();
    await world.arrive('a/1/10', 'a/2/10', 'a/3/1');
    expect(world.running()).toEqual(['a/1/10', 'a/3/1']);
  });

  it.each(['slow', 'new'] as const)(
    'are two for a %s key while a bulk run holds the first, and one otherwise',
    async (speed) => {
      const world = open();
      await world.turn('a', speed);
      await world.arrive('a/1/10', 'a/2/10', 'a/3/1', 'a/4/1');
      expect(world.running()).toEqual(['a/1/10', 'a/3/1']);
      await world.end('a/1/10');
      await world.drained();
      expect(world.running()).toEqual(['a/3/1']);
    },
  );

  it('are not limited for jobs whose key is not known, but for the number of all places', async () => {
    const world = open();
    await world.arrive('?/1', '?/2', '?/3', '?/4', '?/5');
    expect(world.running()).toHaveLength(4);
  });
});

describe('a place that frees', () => {
  it('is not taken by what waits here before Redis was looked at: a newcomer gets it', async () => {
    const world = open({ places: 2 });
    await world.arrive('a/1', 'a/2', 'a/3');
    await world.end('a/1');
    expect(world.running()).toEqual(['a/2']);
    expect(world.places.fetchLimit).toBe(3);
    await world.arrive('b/1');
    expect(world.running()).toEqual(['a/2', 'b/1']);
  });

  it('is taken at once when nothing is left in Redis, and soon when no fetch is answered', async () => {
    const world = open({ places: 2 });
    await world.arrive('a/1', 'a/2', 'a/3', 'a/4');
    await world.drained();
    await world.end('a/1');
    expect(world.running()).toEqual(['a/2', 'a/3']);
    await world.arrive('a/5');
    await world.end('a/2');
    expect(world.running()).toEqual(['a/3']);
    while (!world.running().includes('a/4')) await settled();
  });

  it('goes to a newcomer although keys without a run have jobs that wait here', async () => {
    const world = open({ places: 2, perKey: 1 });
    await world.arrive('a/1', 'b/1', 'a/2', 'b/2', 'a/3', 'b/3');
    await world.end('a/1');
    expect(world.running()).toEqual(['b/1']);
    await world.arrive('n/1');
    expect(world.running()).toEqual(['b/1', 'n/1']);
    await world.end('b/1');
    await world.arrive('a/4');
    expect(world.running()).toEqual(['n/1', 'a/2']);
  });

  it('goes to the key with the fewest runs', async () => {
    const world = open({ places: 3, perKey: 3 });
    await world.arrive('a/1', 'a/2', 'b/1', 'a/3', 'b/2');
    await world.drained();
    await world.end('a/1');
    await world.end('a/2');
    expect(world.running()).toEqual(['b/1', 'a/3', 'b/2']);
  });
});

describe('a slow key', () => {
  it('keeps the runs it has, is given no place until one is left, and frees those of the others', async () => {
    const world = open();
    await world.arrive('a/1', 'a/2', 'b/1', 'b/2', 'a/3', 'c/1', 'c/2');
    expect(world.running()).toEqual(['a/1', 'a/2', 'b/1', 'b/2']);
    await world.turn('a', 'slow');
    expect(world.running()).toEqual(['a/1', 'a/2', 'b/1', 'b/2', 'c/1', 'c/2']);
    await world.end('a/1');
    expect(world.running()).not.toContain('a/3');
    await world.end('a/2');
    expect(world.running()).toEqual(['b/1', 'b/2', 'c/1', 'c/2', 'a/3']);
  });

  it('has its share again when it answers in time', async () => {
    const world = open();
    await world.turn('a', 'slow');
    await world.arrive('a/1', 'a/2', 'a/3');
    expect(world.running()).toEqual(['a/1']);
    await world.turn('a', 'quick');
    expect(world.running()).toEqual(['a/1', 'a/2']);
  });

  it('shares the places of slow keys: however many there are, the others have all of theirs', async () => {
    const world = open();
    for (const key of ['p', 'q', 'r', 's']) await world.turn(key, 'slow');
    await world.arrive('p/1', 'q/1', 'r/1', 's/1', 'a/1', 'a/2', 'b/1', 'b/2', 'c/1');
    expect(world.running()).toEqual(['p/1', 'q/1', 'a/1', 'a/2', 'b/1', 'b/2']);
    await world.end('q/1');
    expect(world.running()).toContain('r/1');
  });

  it('cannot add without end to what runs: keys that turn slow one after the other', async () => {
    const world = open({ places: 2, perKey: 1, extraPlaces: 2 });
    for (const key of ['p', 'q', 'r', 's', 't', 'u']) {
      await world.arrive(`${key}/1`);
      await world.turn(key, 'slow');
    }
    expect(world.running()).toEqual(['p/1', 'q/1', 'r/1', 's/1']);
    expect(world.places.isFull).toBe(true);
  });
});

describe('a key whose speed is not known', () => {
  it('has one place, and its share as soon as it has answered', async () => {
    const world = open();
    await world.turn('a', 'new');
    await world.arrive('a/1', 'a/2', 'a/3', 'b/1');
    expect(world.running()).toEqual(['a/1', 'b/1']);
    await world.turn('a', 'quick');
    expect(world.running()).toEqual(['a/1', 'b/1', 'a/2']);
  });

  it('makes room for others while it lets wait, before it is known to be slow', async () => {
    const world = open({ places: 2 });
    for (const key of ['p', 'q', 'a']) await world.turn(key, 'new');
    await world.arrive('p/1', 'q/1', 'a/1');
    expect(world.running()).toEqual(['p/1', 'q/1']);
    await world.late('p');
    expect(world.running()).toEqual(['p/1', 'q/1', 'a/1']);
    await world.arrive('p/2');
    expect(world.running()).not.toContain('p/2');
  });
});

describe('jobs that wait here', () => {
  it('are bounded: what is more has to wait in Redis, and nothing is fetched meanwhile', async () => {
    const world = open({ waitingMax: 2 });
    await world.arrive('a/1', 'a/2', 'a/3', 'a/4', 'a/5');
    expect([...world.refused]).toEqual([['a/5', 'full']]);
    expect(world.places.fetchLimit).toBe(4);
  });

  it('raise the number that may be fetched, or one key would keep others from being fetched', async () => {
    const world = open();
    expect(world.places.fetchLimit).toBe(4);
    await world.arrive('a/1', 'a/2', 'a/3', 'a/4');
    expect(world.places.fetchLimit).toBe(6);
    expect(world.places.isFull).toBe(false);
  });

  it('are sent away at the end, and so is what comes later', async () => {
    const world = open();
    await world.arrive('a/1', 'a/2', 'a/3');
    world.places.close();
    await world.arrive('b/1');
    expect([...world.refused]).toEqual([
      ['a/3', 'closed'],
      ['b/1', 'closed'],
    ]);
    expect(world.running()).toEqual(['a/1', 'a/2']);
  });
});
