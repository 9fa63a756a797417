import { randomInt } from 'node:crypto';

/** Numbers from 0 up to 1 that a seed fixes: a run with faults can be repeated. */
export type Random = () => number;

/** mulberry32: 32 bits of state are plenty for choosing which request fails. */
export function seededRandom(seed: number): Random {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

/** Never the same twice, in no process: for ids that outlive the process that made them. */
export const systemRandom: Random = () => randomInt(2 ** 32) / 2 ** 32;

/** A whole or fractional number between two bounds, both included. */
export function between(random: Random, min: number, max: number): number {
  return min + random() * (max - min);
}
