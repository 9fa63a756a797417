import { describeEngine } from '../../test/conformance.js';
import { createMemoryEngine } from './memory-engine.js';

describeEngine('memory', () => {
  let now = 1_900_000_000_000;
  return {
    engine: createMemoryEngine(() => now),
    now: () => now,
    advance: (ms) => {
      now += ms;
    },
  };
});
