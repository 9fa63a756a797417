import { type BackendFactory, createRedisBackend, type RedisQueueBackend } from 'bullmq';

/** BullMQ's backend, telling of each answer that Redis gave to a fetch. */
export function watchFetches(onAnswer: () => void): BackendFactory<RedisQueueBackend> {
  return (name, options, kind) => {
    const backend = createRedisBackend(name, options, kind);
    const { moveToActive, waitForJob } = backend;
    backend.moveToActive = async (...args) => {
      const taken = await moveToActive.apply(backend, args);
      onAnswer();
      return taken;
    };
    backend.waitForJob = async (blockTimeout) => {
      const marker = await waitForJob.call(backend, blockTimeout);
      // Null is no answer: BullMQ gives up waiting for one by its own clock.
      if (marker !== null) onAnswer();
      return marker;
    };
    return backend;
  };
}
