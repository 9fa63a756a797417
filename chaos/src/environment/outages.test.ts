import { describe, expect, it } from '@jest/globals';
import { percentile } from '../play/recovery.js';
import { Absences } from './absences.js';
import { Outages } from './outages.js';

describe('Outages', () => {
  it('leaves out what lies in an outage, overlapping ones once', async () => {
    let now = 1_000;
    const outages = new Outages(() => now);
    let end = (): void => {};
    const first = outages.during(
      () =>
        new Promise<void>((resolve) => {
          end = resolve;
        }),
    );
    now = 1_100;
    await outages.during(async () => {
      now = 1_200;
    });
    // It goes on, nobody knows until when.
    expect(outages.quietBetween(1_500, 5_000)).toBe(0);
    now = 2_000;
    end();
    await first;
    expect(outages.quietBetween(2_000, 2_500)).toBe(500);
    // Begun 200 ms before the outage and ended 300 ms after it.
    expect(outages.quietBetween(800, 2_300)).toBe(500);
  });
});

describe('Absences', () => {
  it('are when no process of the app was there; one that runs alone has none', () => {
    let now = 0;
    const apps = new Map([
      ['guest-worker-1', 'guest-worker'],
      ['guest-worker-2', 'guest-worker'],
      ['mail-worker-1', 'mail-worker'],
    ]);
    const absences = new Absences(apps, () => now);
    const at = (ms: number, act: () => void) => {
      now = ms;
      act();
    };
    at(100, () => absences.left('guest-worker', 'guest-worker-1'));
    at(150, () => absences.left('mail-worker', 'mail-worker-1'));
    at(200, () => absences.left('guest-worker', 'guest-worker-2'));
    at(250, () => absences.left('guest-worker', 'guest-worker-2'));
    at(300, () => absences.came('guest-worker', 'guest-worker-1'));
    at(400, () => absences.came('guest-worker', 'guest-worker-2'));
    const none = new Outages(() => now);
    expect(none.quietBetween(100, 400, absences.of('guest-worker'))).toBe(200);
    expect(none.quietBetween(100, 400, absences.of('mail-worker'))).toBe(300);
  });
});

describe('percentile', () => {
  it('is the value that so large a share does not exceed', () => {
    const values = Array.from({ length: 200 }, (_, index) => index + 1);
    expect(percentile(values, 0.5)).toBe(100);
    expect(percentile(values, 0.99)).toBe(198);
    expect(percentile([7], 0.99)).toBe(7);
    expect(percentile([], 0.5)).toBeNull();
  });
});
