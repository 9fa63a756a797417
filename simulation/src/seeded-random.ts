import { seededRandom } from '@luma-sync/luma-sim';

/** The only source of random values in a run: the same seed gives the same run. */
export class SeededRandom {
  /** From 0 up to 1. */
  readonly next: () => number;

  constructor(seed: number) {
    // Neighbouring seeds must not give neighbouring runs.
    this.next = seededRandom(Math.imul(seed ^ 0x9e3779b9, 0x85ebca6b));
  }

  chance(probability: number): boolean {
    return probability > 0 && this.next() < probability;
  }

  /** A whole number, both bounds included. */
  whole(min: number, max: number): number {
    return min + Math.floor(this.next() * (max - min + 1));
  }

  pick<T>(items: readonly T[]): T {
    if (items.length === 0) throw new RangeError('nothing to pick from');
    return items[Math.floor(this.next() * items.length)] as T;
  }
}
