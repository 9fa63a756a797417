import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { WorkerReport, WorkerSettings } from './worker-protocol.js';

const ENTRY = fileURLToPath(new URL('./worker.js', import.meta.url));
const READY_LIMIT_MS = 30_000;
const REPORT_LIMIT_MS = 20_000;
const END_LIMIT_MS = 5_000;

/** The worker processes of one run. All of them are gone when `stop` or `kill` is done. */
export async function startWorkers(settings: WorkerSettings, signal: AbortSignal) {
  const children = Array.from({ length: settings.processes }, () => {
    const child = fork(ENTRY, [JSON.stringify(settings)], { stdio: ['ignore', 'ignore', 'inherit', 'ipc'] });
    child.on('error', () => undefined);
    return child;
  });
  const kill = () => {
    for (const child of children) child.kill('SIGKILL');
  };
  try {
    await Promise.all(children.map((child) => hear(child, READY_LIMIT_MS, signal)));
  } catch (error) {
    kill();
    throw error;
  }
  return {
    start: () => tell(children, 'start'),
    stop: async (): Promise<WorkerReport[]> => {
      const reports = Promise.all(children.map((child) => hear(child, REPORT_LIMIT_MS, signal)));
      tell(children, 'stop');
      try {
        const all = (await reports) as WorkerReport[];
        await Promise.all(children.map(ended));
        return all;
      } finally {
        kill();
      }
    },
    kill,
  };
}

function tell(children: ChildProcess[], word: 'start' | 'stop'): void {
  for (const child of children) child.send(word);
}

/** Its next message. */
async function hear(child: ChildProcess, limitMs: number, signal: AbortSignal): Promise<unknown> {
  const over = new AbortController();
  const either = AbortSignal.any([signal, over.signal, AbortSignal.timeout(limitMs)]);
  try {
    const gone = once(child, 'exit', { signal: either }).then(() => {
      throw new Error('a worker process ended before it had said what it should');
    });
    const message = once(child, 'message', { signal: either }).then(([word]) => word as unknown);
    return await Promise.race([message, gone]);
  } finally {
    over.abort();
  }
}

async function ended(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  await once(child, 'exit', { signal: AbortSignal.timeout(END_LIMIT_MS) }).catch(() => undefined);
}
