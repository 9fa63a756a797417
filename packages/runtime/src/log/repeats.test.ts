import { describe, expect, it } from '@jest/globals';
import { createLogger } from './logger.js';
import { Repeats } from './repeats.js';

describe('repeats', () => {
  it('keep one of many equal lines in half a minute, and count the others', () => {
    let now = 0;
    const repeats = new Repeats(() => now);
    expect(repeats.take('a')).toBe(0);
    for (let n = 0; n < 513; n += 1) expect(repeats.take('a')).toBeNull();
    expect(repeats.take('b')).toBe(0);
    now = 30_000;
    expect(repeats.take('a')).toBe(513);
    now = 60_000;
    expect(repeats.take('a')).toBe(0);
  });
});

describe('a logger', () => {
  const log = () => {
    const lines: Record<string, unknown>[] = [];
    const destination = { write: (line: string) => void lines.push(JSON.parse(line)) };
    return { lines, log: createLogger({ app: 'test', level: 'info', destination }) };
  };

  it('writes one of many equal warnings, also by its children, and every error', () => {
    const { lines, log: logger } = log();
    const child = logger.child({ part: 'x' });
    for (let n = 0; n < 100; n += 1) child.warn({ queue: 'events', reason: 'away' }, 'the queue reports trouble');
    child.warn({ queue: 'guests', reason: 'away' }, 'the queue reports trouble');
    for (let n = 0; n < 3; n += 1) child.error({ queue: 'events' }, 'gone');
    expect(lines.map(({ queue, level }) => [queue, level])).toEqual([
      ['events', 'warn'],
      ['guests', 'warn'],
      ...Array.from({ length: 3 }, () => ['events', 'error']),
    ]);
  });

  it('counts warnings about different records as one where they say so', () => {
    const { lines, log: logger } = log();
    for (let n = 0; n < 100; n += 1) logger.warn({ id: n, repeatOf: 'luma.unavailable' }, 'operation run');
    for (let n = 0; n < 3; n += 1) logger.warn({ id: n }, 'too many to mail');
    expect(lines.map(({ id, msg }) => [id, msg])).toEqual([
      [0, 'operation run'],
      [0, 'too many to mail'],
      [1, 'too many to mail'],
      [2, 'too many to mail'],
    ]);
    expect(lines[0]).not.toHaveProperty('repeatOf');
  });
});
