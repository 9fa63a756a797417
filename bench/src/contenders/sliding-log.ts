import { type ContenderFactory, createLocalBlock, fromRequests } from './contender.js';

/**
 * What is often written by hand: each process keeps the times of its own sendings and may send its share in any window.
 */
export const slidingLog: ContenderFactory = (surroundings) => {
  const { scenario, processes, send, signal, pause } = surroundings;
  const share = Math.floor(scenario.cap / processes);
  const sentAt: number[] = [];
  const block = createLocalBlock(surroundings);

  return {
    ...fromRequests(surroundings, async (_priority, onSend) => {
      while (!signal.aborted) {
        await block.wait();
        const now = performance.now();
        while (sentAt.length > 0 && (sentAt[0] ?? 0) <= now - scenario.windowMs) sentAt.shift();
        if (sentAt.length >= share) {
          await pause((sentAt[0] ?? 0) + scenario.windowMs - now);
          continue;
        }
        sentAt.push(now);
        onSend();
        const answer = await send(scenario.requestTimeoutMs);
        block.note(answer);
        if (answer.status !== 429) return;
      }
    }),
    close: async () => undefined,
  };
};
