import { expect, it } from '@jest/globals';
import { waitFor } from '@luma-sync/testkit';
import { openWorkerWorld } from './worker-world.js';

/** With the times of production: this is the promise. */
it('a worker whose fetching hangs is red at /readyz and gone within 45 s, and says why', async () => {
  const world = await openWorkerWorld();
  try {
    const worker = world.startWorker({ isInEarnest: true });
    const port = (await worker.waitForOutput('health at', 120_000)).split(' ').at(-1);
    const readiness = async () => {
      const answer = await fetch(`http://127.0.0.1:${port}/readyz`);
      return { status: answer.status, body: (await answer.json()) as { checks: Record<string, { ok: boolean }> } };
    };
    await waitFor(async () => (await readiness()).status === 200, { what: 'it to be ready', limitMs: 120_000 });
    let lastSeen: Awaited<ReturnType<typeof readiness>> | null = null;
    let isGone = false;
    void worker.exited.then(() => {
      isGone = true;
    });
    worker.kill('SIGUSR2');
    const begunAt = performance.now();
    await waitFor(
      async () => {
        lastSeen = await readiness().catch(() => lastSeen);
        return isGone;
      },
      { what: 'the process to end', limitMs: 45_000 },
    );
    process.stdout.write(`a worker without jobs ended after ${((performance.now() - begunAt) / 1_000).toFixed(1)} s\n`);
    expect(await worker.exited).toEqual({ code: 1, signal: null });
    expect(lastSeen).toMatchObject({
      status: 503,
      body: { checks: { consuming: { ok: false }, redis: { ok: true } } },
    });
    expect(worker.output()).toContain('event-worker takes no jobs any more; a new process has to');
  } finally {
    await world.close();
  }
});
