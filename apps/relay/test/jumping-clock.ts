import { atEnd } from '@luma-sync/testkit';

/**
 * Lets `Date` of everything in this test file, our code and libraries alike, be off by what is set. Put right at the
 * end of the file.
 */
export function openJumpingClock(): { jumpTo(offsetMs: number): void } {
  const Real = globalThis.Date;
  let offsetMs = 0;
  class Jumping extends Real {
    constructor(...args: unknown[]) {
      // What is given is taken as it is; only "now" jumps.
      super(...((args.length === 0 ? [Real.now() + offsetMs] : args) as [number]));
    }
    static override now(): number {
      return Real.now() + offsetMs;
    }
  }
  globalThis.Date = Jumping as DateConstructor;
  atEnd(() => {
    globalThis.Date = Real;
  });
  return {
    jumpTo: (offset) => {
      offsetMs = offset;
    },
  };
}
