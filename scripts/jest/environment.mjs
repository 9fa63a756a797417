import { TestEnvironment } from 'jest-environment-node';

/** What a test opened and nobody closed may take this long to close; then the run says so and goes on. */
const closeLimitMs = 15_000;

/**
 * Node's environment, which closes what the testkit opened (see packages/testkit/src/at-end.ts) when a file is over:
 * after its own hooks, and while its modules still work.
 */
export default class extends TestEnvironment {
  async handleTestEvent({ name }) {
    if (name !== 'run_finish') return;
    const closers = [...(this.global[Symbol.for('luma-sync.testkit.closers')] ?? [])].reverse();
    // Last opened, first closed: the later ones use the earlier ones.
    for (const close of closers) await within(closeLimitMs, close());
  }
}

async function within(limitMs, closing) {
  let timer;
  const limit = new Promise((_, reject) => {
    timer = setTimeout(() => reject(new Error(`not closed after ${limitMs} ms`)), limitMs);
  });
  try {
    await Promise.race([closing, limit]);
  } catch (error) {
    process.stderr.write(`Clean-up after a test file failed: ${error instanceof Error ? error.stack : error}\n`);
  } finally {
    clearTimeout(timer);
  }
}
