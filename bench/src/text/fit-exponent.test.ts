import { describe, expect, it } from '@jest/globals';
import { fitExponent } from './fit-exponent.js';

const LENGTHS = [1, 4, 16, 64, 256, 1024].map((kilo) => kilo * 1024);
const points = (cpuMs: (length: number) => number) => LENGTHS.map((length) => ({ length, cpuMs: cpuMs(length) }));

describe('fitExponent', () => {
  it.each([
    ['linear work', (length: number) => length / 1e4, 1],
    ['quadratic work', (length: number) => length ** 2 / 1e9, 2],
    ['work that does not depend on the length', () => 5, 0],
  ])('finds %s', (_what, cpuMs, expected) => {
    expect(fitExponent(points(cpuMs))).toBeCloseTo(expected);
  });

  it('is not misled by one measurement that was disturbed', () => {
    const disturbed = points((length) => length / 1e4).map((point, index) =>
      index === 4 ? { ...point, cpuMs: point.cpuMs * 5 } : point,
    );
    expect(fitExponent(disturbed)).toBeCloseTo(1);
  });

  it('says nothing of work that is too little to be measured', () => {
    expect(fitExponent(points(() => 0.01))).toBeNull();
    expect(fitExponent(points((length) => length / 2e6))).toBeNull();
  });

  it('sees work that takes too long for a third length', () => {
    const cut = points((length) => length ** 2 / 1e4).slice(0, 2);
    expect(fitExponent(cut)).toBeCloseTo(2);
  });
});
