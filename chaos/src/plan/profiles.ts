import type { Random } from '@luma-sync/testkit';

/** How often something happens in a minute, and how often at least in a run. */
export interface Rate {
  perMinute: number;
  fewest: number;
}

/** Which faults a run injects, and how often. */
export interface FaultProfile {
  kills: Rate;
  freezes: Rate;
  drawFreezeMs: (random: Random) => number;
  deploys: Rate;
  /** Losses of Redis' memory, as often as the budget allows for. */
  losesRedisMemory: boolean;
  /** Redis answers nobody for 2 to 8 s and keeps its memory: the budget sets no limit to these. */
  redisFreezes: Rate;
  postgresRestarts: number;
  /** Of the answers to all writes, during the whole run. */
  lostAnswers: number;
  lumaFaults: Rate;
  mailFaults: Rate;
}

const never: Rate = { perMinute: 0, fewest: 0 };
const atLeastOnce = (perMinute: number, fewest = 1): Rate => ({ perMinute, fewest });

/** Longer than a lease (4 s) or shorter. */
const aroundALease = (random: Random): number =>
  random.chance(0.5) ? random.integer(800, 3_500) : random.integer(6_000, 11_000);
const twoToTwelveSeconds = (random: Random): number => random.integer(2_000, 12_000);

export const PROFILES = {
  /** A bad day: some of everything. */
  storm: {
    kills: atLeastOnce(8, 5),
    freezes: atLeastOnce(3),
    drawFreezeMs: aroundALease,
    deploys: atLeastOnce(1.2),
    losesRedisMemory: true,
    redisFreezes: never,
    postgresRestarts: 1,
    lostAnswers: 0,
    lumaFaults: atLeastOnce(5, 2),
    mailFaults: atLeastOnce(1.5),
  },
  /** Processes stand still for 2 to 12 s, one after the other and several at once. Nothing else fails. */
  freeze: {
    kills: never,
    freezes: atLeastOnce(14, 6),
    drawFreezeMs: twoToTwelveSeconds,
    deploys: never,
    losesRedisMemory: false,
    redisFreezes: never,
    postgresRestarts: 0,
    lostAnswers: 0,
    lumaFaults: never,
    mailFaults: never,
  },
  /** The storm in which answers were once lost: longer freezes, Redis away again and again, 3 % of answers lost. */
  heavy: {
    kills: atLeastOnce(9.2, 5),
    freezes: atLeastOnce(3.5),
    drawFreezeMs: twoToTwelveSeconds,
    deploys: atLeastOnce(0.5),
    losesRedisMemory: true,
    redisFreezes: atLeastOnce(1.8),
    postgresRestarts: 2,
    lostAnswers: 0.03,
    lumaFaults: atLeastOnce(2),
    mailFaults: atLeastOnce(1.5),
  },
} as const satisfies Record<string, FaultProfile>;

export type ProfileName = keyof typeof PROFILES;
