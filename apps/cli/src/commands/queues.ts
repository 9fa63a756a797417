import { closeQueues, connectRedis, disconnectRedis, openQueues, QUEUE_NAMES, type Queues } from '@luma-sync/queue';
import { environment, parseConfig } from '@luma-sync/runtime/config';
import { type Command, InvalidArgumentError } from 'commander';
import { type CliContext, CliError } from '../cli-context.js';
import { toTable } from '../table.js';

type QueueName = (typeof QUEUE_NAMES)[number];

export function addQueues(program: Command, context: CliContext): void {
  const queues = program.command('queues').description('queues in Redis: look, go on after a pause');
  queues
    .command('list')
    .description('jobs that wait, run and wait for their time, and whether the queue is paused')
    .action(async () => {
      const rows = await withQueues(context, (opened) =>
        Promise.all(QUEUE_NAMES.map((name) => toRow(name, opened[name]))),
      );
      for (const line of toTable(['queue', 'waiting', 'running', 'delayed', 'paused'], rows)) context.print(line);
    });
  queues
    .command('resume')
    .description('let the workers take jobs of a paused queue again')
    .argument('<queue>', QUEUE_NAMES.join(', '), readQueue)
    .action(async (name: QueueName) => {
      await withQueues(context, (opened) => opened[name].resume());
      context.print(`Queue ${name} goes on.`);
    });
}

async function toRow(name: QueueName, queue: Queues[QueueName]): Promise<string[]> {
  const counts = await queue.getJobCounts('wait', 'prioritized', 'active', 'delayed');
  const waiting = (counts.wait ?? 0) + (counts.prioritized ?? 0);
  const isPaused = await queue.isPaused();
  return [name, String(waiting), String(counts.active ?? 0), String(counts.delayed ?? 0), isPaused ? 'yes' : 'no'];
}

const redisSettings = environment.pick({ REDIS_URL: true, REDIS_KEY_PREFIX: true });

async function withQueues<T>({ env }: CliContext, work: (queues: Queues) => Promise<T>): Promise<T> {
  const { REDIS_URL: url, REDIS_KEY_PREFIX: prefix } = parseConfig(redisSettings, env);
  const redis = connectRedis(url, 'failing', 'cli');
  const opened = openQueues(redis, prefix);
  try {
    await opened.events.waitUntilReady();
    return await work(opened);
  } catch (error) {
    throw new CliError(`Redis does not answer at REDIS_URL (${error instanceof Error ? error.name : 'unknown'})`);
  } finally {
    await closeQueues(opened);
    await disconnectRedis(redis);
  }
}

function readQueue(value: string): QueueName {
  const name = QUEUE_NAMES.find((known) => known === value);
  if (name === undefined) throw new InvalidArgumentError(`one of ${QUEUE_NAMES.join(', ')}.`);
  return name;
}
