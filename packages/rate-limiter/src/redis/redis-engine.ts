import type { Cluster, Redis } from 'ioredis';
import type { BudgetWindow } from '../budget.js';
import type { BudgetEngine, TakeAnswer, WaitReason } from '../engine.js';
import { BUDGET_KEY_COUNT, toBudgetKeys } from './keys.js';
import { toScripts } from './scripts.js';

export type RedisClient = Redis | Cluster;

type Script = (...keysAndArgs: (string | number)[]) => Promise<unknown>;

/**
 * @param testClock Only for tests that need a virtual time; otherwise the clock is Redis' own.
 */
export function createRedisEngine(redis: RedisClient, keyPrefix: string, testClock?: () => number): BudgetEngine {
  const scripts = toScripts(testClock === undefined ? 'server' : 'argument');
  const suffix = testClock === undefined ? '' : 'Test';
  for (const [name, lua] of Object.entries(scripts)) {
    redis.defineCommand(commandOf(name, suffix), { lua, numberOfKeys: BUDGET_KEY_COUNT });
  }
  const run = async (name: keyof typeof scripts, account: string, args: (string | number)[]): Promise<unknown> => {
    const script = (redis as unknown as Record<string, Script>)[commandOf(name, suffix)];
    if (script === undefined) throw new Error(`the script ${name} is not defined`);
    const time = testClock === undefined ? [] : [testClock()];
    return script.call(redis, ...toBudgetKeys(keyPrefix, account), ...args, ...time);
  };

  return {
    take: async (call) =>
      toTakeAnswer(
        await run('take', call.account, [
          call.rank,
          call.method,
          call.holdMs,
          call.maxWaitMs,
          call.ticket ?? '',
          call.windows.length,
          ...call.windows.flatMap(toArgs),
        ]),
      ),
    claim: async (account, claim, forMs) => (await run('claim', account, [claim, forMs])) === 1,
    open: async (account, coldMs, stillMs = 0, claim = null) => {
      await run('open', account, [coldMs, stillMs, claim ?? '']);
    },
    holds: async (account, slotId) => (await run('holds', account, [slotId])) === 1,
    settle: async ({ account, slotId, window, serverLimit, serverRemaining }) => {
      await run('settle', account, [slotId, serverLimit ?? 0, serverRemaining ?? -1, ...toArgs(window)]);
    },
    release: async (account, slotId) => {
      await run('release', account, [slotId]);
    },
    block: async (account, forMs) => {
      await run('block', account, [forMs]);
    },
    inspect: async (account, windows) => {
      const [known, blocked, cold, w0, w1, w2, ...rest] = toNumbers(
        await run('inspect', account, [windows.length, ...windows.flatMap(toArgs)]),
      );
      return {
        isKnown: known === 1,
        blockedForMs: blocked ?? 0,
        coldForMs: cold ?? 0,
        waiting: [w0 ?? 0, w1 ?? 0, w2 ?? 0],
        windows: windows.map((_, i) => ({
          capacity: rest[i * 3] ?? 0,
          spent: rest[i * 3 + 1] ?? 0,
          inFlight: rest[i * 3 + 2] ?? 0,
        })),
      };
    },
  };
}

const commandOf = (name: string, suffix: string): string => `budget${name[0]?.toUpperCase()}${name.slice(1)}${suffix}`;

const toArgs = (window: BudgetWindow): (string | number)[] => [
  window.limit,
  window.headroom,
  window.windowMs,
  window.methods,
];

function toNumbers(raw: unknown): number[] {
  if (!Array.isArray(raw)) throw new Error('a budget script answered something other than a list');
  return raw.map(Number);
}

const REASONS = ['budget', 'paced', 'blocked', 'cold-start'] as const;
const toReason = (text: string | undefined): WaitReason => REASONS.find((reason) => reason === text) ?? 'budget';

function toTakeAnswer(raw: unknown): TakeAnswer {
  const [kind, first, second, third] = Array.isArray(raw) ? raw.map(String) : [];
  switch (kind) {
    case 'granted':
      return { kind, slotId: String(first), startInMs: Number(second) };
    case 'turn':
      return { kind, ticket: String(first), inMs: Number(second), reason: toReason(third) };
    case 'denied':
      return {
        kind,
        retryAfterMs: Number(first),
        reason: toReason(second),
      };
    case 'unknown':
    case 'opening':
      return { kind };
    default:
      throw new Error('a budget script answered something unknown');
  }
}
