import { findPausedQueues, QUEUE_NAMES } from '@luma-sync/queue/inspect';
import { type LiveProcess, listLiveProcesses } from '@luma-sync/store';
import { defineCheck } from './check.js';
import { type Finding, ok, unseen, wrong } from './finding.js';
import { counted } from './words.js';

const APPS: Record<(typeof QUEUE_NAMES)[number], string> = {
  events: 'event-worker',
  guests: 'guest-worker',
  drift: 'drift-worker',
  mail: 'mail-worker',
};

/** Whether each queue has a live process that takes its jobs and finishes them. */
export const workers = defineCheck({
  what: 'Workers',
  needs: ['db'],
  run: async ({ db }) => {
    const live = await listLiveProcesses(db);
    return QUEUE_NAMES.map((queue) => judge(queue, live));
  },
});

function judge(queue: (typeof QUEUE_NAMES)[number], live: readonly LiveProcess[]): Finding {
  const what = `Workers of queue ${queue}`;
  const own = live.filter((one) => one.queue === queue || (one.queue === null && one.app === APPS[queue]));
  if (own.length === 0) return wrong(what, `none runs; start ${APPS[queue]}`);
  const silent = own.filter(({ isConsuming }) => isConsuming === false).length;
  if (silent > 0) {
    const all = counted(own.length, 'process').replace('processs', 'processes');
    return wrong(what, `${silent} of ${all} finish no jobs; its log and /readyz say why, and a restart may help`);
  }
  if (own.some(({ isConsuming }) => isConsuming === null))
    return unseen(what, 'a process of an earlier version does not say whether it takes jobs; update it');
  return ok(what, `${own.length} at work`);
}

/** A queue that somebody paused stays so until it is resumed. */
export const pausedQueues = defineCheck({
  what: 'Paused queues',
  needs: ['redis'],
  run: async ({ redis, queuePrefix }) => {
    const paused = await findPausedQueues(redis, queuePrefix);
    return paused.length === 0
      ? [ok('Paused queues', 'none')]
      : paused.map((name) => wrong(`Queue ${name}`, `is paused; run: luma-sync queues resume ${name}`));
  },
});
