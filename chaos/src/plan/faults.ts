import type { Random } from '@luma-sync/testkit';
import { type FaultProfile, PROFILES, type Rate } from './profiles.js';

export type Role = 'ingress' | 'relay' | 'event-worker' | 'guest-worker' | 'drift-worker' | 'mail-worker';

/** How many of each run side by side. */
export const INSTANCES: Readonly<Record<Role, number>> = {
  ingress: 2,
  relay: 2,
  'event-worker': 2,
  'guest-worker': 2,
  'drift-worker': 1,
  'mail-worker': 1,
};
export const ROLES = Object.keys(INSTANCES) as Role[];

export type Fault =
  | { kind: 'kill'; role: Role }
  | { kind: 'freeze'; role: Role; forMs: number }
  /** Every process of the role ends by SIGTERM and is started anew, one after the other. */
  | { kind: 'deploy'; role: Role }
  | { kind: 'redis-flush' }
  | { kind: 'redis-kill' }
  | { kind: 'redis-away'; forMs: number }
  /** It stands still with all connections open, and keeps its memory. */
  | { kind: 'redis-freeze'; forMs: number }
  | { kind: 'postgres-restart'; how: 'fast' | 'crash'; awayMs: number }
  /** Injected into the simulator or its mailbox for a while. */
  | { kind: 'luma'; name: string; body: object; forMs: number }
  | { kind: 'mailbox'; name: string; body: object; forMs: number };

export interface TimedFault {
  atMs: number;
  fault: Fault;
}

/**
 * Redis may lose its memory once in a window plus the longest request (docs/rate-limit.md, "What it rests on"). That
 * assumption is not what chaos tests.
 */
export const REDIS_LOSS_APART_MS = 45_000;

export interface FaultOptions {
  durationMs: number;
  /** False where Postgres belongs to others. */
  hasPostgres: boolean;
  profile?: FaultProfile;
}

/** What breaks, and when, for one seed. */
export function planFaults(
  random: Random,
  { durationMs, hasPostgres, profile = PROFILES.storm }: FaultOptions,
): TimedFault[] {
  const minutes = durationMs / 60_000;
  const faults: TimedFault[] = [];
  const add = (fault: Fault, from = 0.1, to = 0.97): void => {
    faults.push({ atMs: Math.round(durationMs * (from + random.next() * (to - from))), fault });
  };
  const repeat = ({ perMinute, fewest }: Rate, draw: () => Fault, from?: number, to?: number): void => {
    const count = Math.max(fewest, Math.round(perMinute * minutes));
    for (let index = 0; index < count; index += 1) add(draw(), from, to);
  };
  repeat(profile.kills, () => ({ kind: 'kill', role: drawRole(random) }));
  repeat(profile.freezes, () => ({ kind: 'freeze', role: drawRole(random), forMs: profile.drawFreezeMs(random) }));
  repeat(profile.deploys, () => ({ kind: 'deploy', role: drawRole(random) }));
  if (profile.losesRedisMemory) addRedisLosses(random, durationMs, faults);
  repeat(profile.redisFreezes, () => ({ kind: 'redis-freeze', forMs: random.integer(2_000, 8_000) }));
  repeat({ perMinute: 0, fewest: hasPostgres ? profile.postgresRestarts : 0 }, () => drawRestart(random), 0.2, 0.9);
  if (profile.lumaFaults.fewest > 0) addLostWrites(random, durationMs, add);
  if (profile.lostAnswers > 0) {
    const body = { ...WRITES, kind: 'lost-answer', probability: profile.lostAnswers };
    add({ kind: 'luma', name: `${profile.lostAnswers * 100} % of answers lost`, body, forMs: durationMs }, 0, 0);
  }
  repeat(profile.lumaFaults, () => drawLumaFault(random));
  repeat(profile.mailFaults, () => drawMailFault(random), 0.45, 0.97);
  return faults.sort((a, b) => a.atMs - b.atMs);
}

const drawRestart = (random: Random): Fault => ({
  kind: 'postgres-restart',
  how: random.pick(['fast', 'crash'] as const),
  awayMs: random.integer(0, 3_000),
});

/** A create and an add whose answers never come, in every run. */
function addLostWrites(
  random: Random,
  durationMs: number,
  add: (fault: Fault, from: number, to: number) => void,
): void {
  const lost = (name: string, path: string, count: number, skip: number): Fault => {
    return { kind: 'luma', name, body: { kind: 'lost-answer', path, count, skip }, forMs: durationMs };
  };
  add(lost('lost create', '/v1/events/create', 2, random.integer(0, 2)), 0, 0);
  add(lost('lost add', '/v1/events/guests/add', 3, random.integer(0, 5)), 0, 0.1);
}

/** Mostly the workers. */
function drawRole(random: Random): Role {
  const drawn = random.next();
  if (drawn < 0.36) return 'guest-worker';
  if (drawn < 0.66) return 'event-worker';
  if (drawn < 0.76) return 'mail-worker';
  if (drawn < 0.82) return 'drift-worker';
  return drawn < 0.91 ? 'relay' : 'ingress';
}

function addRedisLosses(random: Random, durationMs: number, faults: TimedFault[]): void {
  let atMs = Math.round(durationMs * (0.15 + random.next() * 0.3));
  while (atMs < durationMs * 0.95) {
    const fault = random.pick([
      { kind: 'redis-flush' },
      { kind: 'redis-kill' },
      { kind: 'redis-away', forMs: random.integer(2_000, 8_000) },
    ] as const);
    faults.push({ atMs, fault });
    atMs += REDIS_LOSS_APART_MS + (fault.kind === 'redis-away' ? fault.forMs : 0) + random.integer(2_000, 20_000);
  }
}

const WRITES = { method: 'POST', path: '/v1/events/*' } as const;
const ALL = { path: '/v1/*' } as const;

function drawLumaFault(random: Random): Fault {
  const bodies: Record<string, object> = {
    'answers lost': { ...WRITES, kind: 'lost-answer', probability: 0.2 },
    'answers held, then lost': { ...WRITES, kind: 'lost-answer', mode: 'hold', holdMs: 3_000, probability: 0.1 },
    'half answers': { ...ALL, kind: 'half-answer', probability: 0.15 },
    '503 before': { ...ALL, kind: 'error', status: 503, probability: 0.3 },
    '500 after': { ...WRITES, kind: 'error', status: 500, when: 'after', probability: 0.2 },
    '502 as a page': { ...ALL, kind: 'error', status: 502, body: 'html', probability: 0.2 },
    resets: { ...ALL, kind: 'reset', probability: 0.2 },
    delays: { ...ALL, kind: 'delay', minMs: 200, maxMs: 2_500 },
    '429': {
      ...ALL,
      kind: 'rate-limit',
      count: random.integer(1, 2),
      retryAfterSeconds: random.integer(1, 3),
      retryAfter: random.pick(['seconds', 'date']),
    },
  };
  const name = random.pick(Object.keys(bodies));
  return { kind: 'luma', name, body: bodies[name] ?? {}, forMs: random.integer(3_000, 7_000) };
}

function drawMailFault(random: Random): Fault {
  const bodies: Record<string, object> = {
    'mail answers lost': { kind: 'lost-answer', probability: 0.3 },
    'mail 503': { kind: 'error', status: 503, probability: 0.3 },
    'mail 429': { kind: 'rate-limit', count: 3, retryAfterSeconds: 1 },
    'mail delays': { kind: 'delay', minMs: 200, maxMs: 1_500 },
  };
  const name = random.pick(Object.keys(bodies));
  return { kind: 'mailbox', name, body: bodies[name] ?? {}, forMs: random.integer(4_000, 9_000) };
}
