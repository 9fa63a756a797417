import { type Operation, Operations } from '../../src/ours/operations.js';
import { VirtualTime } from '../../src/virtual-time.js';
import type { OperationStoreDriver } from './operations-cases.js';

/** The store of the simulation. */
export function openInMemoryDriver(): OperationStoreDriver {
  const time = new VirtualTime(Date.UTC(2030, 0, 7, 12));
  const operations = new Operations(
    time,
    () => crypto.randomUUID(),
    () => {},
  );
  const get = (id: string): Operation => {
    const row = operations.rows.get(id);
    if (row === undefined) throw new Error(`there is no operation ${id}`);
    return row;
  };
  return {
    now: async () => time.date(),
    advance: async (ms) => time.passUntil(time.now() + ms),
    enqueue: async (eventId, options = {}) =>
      operations.enqueue('event.push', { eventId }, { trigger: 'api', actor: 'test', ...options }).id,
    async begin(id, owner) {
      const begun = operations.begin(id, owner);
      return typeof begun === 'string' ? begun : 'begun';
    },
    die: async (owner) => operations.fallSilent(owner, 0),
    saveCheckpoint: async (id, _owner, checkpoint) => operations.saveCheckpoint(id, checkpoint),
    requeue: async (id, owner, back) => operations.requeue(id, owner, back),
    park: async (id, owner, park) => operations.park(id, owner, park),
    finish: async (id, owner, state) => operations.finish(id, owner, state, state),
    async row(id) {
      const { state, owner, requests, attempts, crashes, slowTries, priority, runAfter, deadlineAt } = get(id);
      return { state, owner, requests, attempts, crashes, slowTries, priority, runAfter, deadlineAt };
    },
  };
}
