import { describe, expect, it } from '@jest/globals';
import { shareReadiness } from './shared-readiness.js';

describe('readiness that many ask for', () => {
  it('is looked at once for all who ask at once, and anew a moment later', async () => {
    let [looks, nowMs] = [0, 0];
    const check = async (): Promise<void> => {
      looks += 1;
    };
    const ask = shareReadiness({ postgres: { check } }, () => nowMs);
    const answers = await Promise.all(Array.from({ length: 100 }, () => ask()));
    expect(looks).toBe(1);
    expect(answers.map(({ status }) => status)).toEqual(Array.from({ length: 100 }, () => 'ok'));
    nowMs = 100;
    await ask();
    expect(looks).toBe(1);
    nowMs = 1_000;
    await ask();
    expect(looks).toBe(2);
  });

  it('tells of what was lost since, and a check that hangs is not begun again while it hangs', async () => {
    let [isThere, nowMs] = [true, 0];
    const check = () => (isThere ? undefined : Promise.reject(new Error('gone')));
    const ask = shareReadiness({ redis: { check } }, () => nowMs);
    expect(await ask()).toMatchObject({ status: 'ok' });
    [isThere, nowMs] = [false, 1_000];
    expect(await ask()).toMatchObject({ status: 'unavailable' });
    let begun = 0;
    let end = (): void => {};
    const hanging = () => {
      begun += 1;
      return new Promise<void>((resolve) => {
        end = resolve;
      });
    };
    const askHanging = shareReadiness({ postgres: { check: hanging } }, () => nowMs);
    const first = askHanging();
    nowMs = 60_000;
    const second = askHanging();
    end();
    expect(await Promise.all([first, second])).toMatchObject([{ status: 'ok' }, { status: 'ok' }]);
    expect(begun).toBe(1);
  });
});
