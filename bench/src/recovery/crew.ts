import { type ChildProcess, fork } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

const WORKER = fileURLToPath(new URL('./worker.js', import.meta.url));
const RELAY = fileURLToPath(new URL('../../../apps/relay/dist/main.js', import.meta.url));
/** As `npm start` and Docker do after a first death. */
const RESTART_MS = 500;
const END_LIMIT_MS = 30_000;

export interface WorkerSettings {
  databaseUrl: string;
  redisUrl: string;
  prefix: string;
  concurrency: number;
}

export type WorkerMessage = { kind: 'began' | 'ended'; operationId: string };

interface Member {
  child: ChildProcess;
  running: Set<string>;
}

/** Workers that are killed and started again, and the relay. Tells who ran what, and when it ran again. */
export class Crew {
  private readonly members: Member[] = [];
  private readonly relay: ChildProcess;
  private readonly environment: NodeJS.ProcessEnv;
  private isStopping = false;
  /** Operations whose worker was killed, and when. */
  private readonly interrupted = new Map<string, number>();
  private readonly unfinished = new Set<string>();
  readonly recoveriesMs: number[] = [];

  constructor(settings: WorkerSettings, size: number) {
    this.environment = {
      ...process.env,
      DATABASE_URL: settings.databaseUrl,
      REDIS_URL: settings.redisUrl,
      REDIS_KEY_PREFIX: settings.prefix,
      WORKER_CONCURRENCY: String(settings.concurrency),
      ENCRYPTION_KEY: randomBytes(32).toString('base64'),
      PORT: '0',
      LOG_LEVEL: 'silent',
    };
    this.relay = fork(RELAY, { stdio: ['ignore', 'ignore', 'inherit', 'ipc'], env: this.environment });
    for (let index = 0; index < size; index += 1) this.members.push(this.startMember());
  }

  /** Operations that were interrupted and have not ended since. */
  get isCalm(): boolean {
    return this.interrupted.size === 0 && this.unfinished.size === 0;
  }

  /** Operations that are waited for. */
  get awaited(): string[] {
    return [...new Set([...this.interrupted.keys(), ...this.unfinished])];
  }

  /** These are done: had their ending been stored before the kill, they never run again. @returns how many had. */
  settle(ids: readonly string[]): number {
    for (const id of ids) this.unfinished.delete(id);
    return ids.filter((id) => this.interrupted.delete(id)).length;
  }

  /** Places of the crew at which something runs. */
  get busy(): number[] {
    return this.members.flatMap(({ running }, index) => (running.size > 0 ? [index] : []));
  }

  /** Kills (SIGKILL) these members at once and starts each anew. @returns how many operations that interrupted. */
  kill(places: readonly number[]): number {
    const killedAt = performance.now();
    let count = 0;
    for (const place of places) {
      const member = this.members[place];
      if (member === undefined) continue;
      member.child.kill('SIGKILL');
      for (const id of member.running) {
        this.interrupted.set(id, killedAt);
        this.unfinished.add(id);
        count += 1;
      }
      member.running.clear();
      void pause(RESTART_MS).then(() => {
        if (!this.isStopping) this.members[place] = this.startMember();
      });
    }
    return count;
  }

  async stop(): Promise<void> {
    this.isStopping = true;
    const children = [this.relay, ...this.members.map(({ child }) => child)];
    this.relay.kill('SIGTERM');
    for (const { child } of this.members) child.kill('SIGKILL');
    await Promise.all(children.map(ended));
    this.relay.kill('SIGKILL');
  }

  private startMember(): Member {
    const child = fork(WORKER, { stdio: ['ignore', 'pipe', 'inherit', 'ipc'], env: this.environment });
    child.on('error', () => undefined);
    const member: Member = { child, running: new Set() };
    if (child.stdout === null) throw new Error('a worker has no standard output');
    createInterface(child.stdout).on('line', (line) => {
      // What a killed worker had written before its death may arrive after it.
      if (child.killed) return;
      const { kind, operationId } = JSON.parse(line) as WorkerMessage;
      if (kind === 'began') {
        member.running.add(operationId);
        const killedAt = this.interrupted.get(operationId);
        if (killedAt !== undefined) this.recoveriesMs.push(performance.now() - killedAt);
        this.interrupted.delete(operationId);
      } else {
        member.running.delete(operationId);
        this.unfinished.delete(operationId);
      }
    });
    return member;
  }
}

async function ended(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  await once(child, 'exit', { signal: AbortSignal.timeout(END_LIMIT_MS) }).catch(() => undefined);
}
