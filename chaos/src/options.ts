import { parseArgs } from 'node:util';
import { z } from 'zod';
import type { ProfileName } from './plan/profiles.js';

/** What fails in a run. */
export interface Mode {
  profile: ProfileName;
  /** A busy loop on each core beside everything. */
  isStarved: boolean;
}

export interface Options {
  seeds: readonly number[];
  /** All seeds run in the first mode, then all in the next. */
  modes: readonly Mode[];
  /** How long the load and the faults of one seed last. */
  minutes: number;
  /** Share of the full load: 1 is 2,000 RSVPs and 200 edits. */
  load: number;
  hasPoison: boolean;
  /** During the faults Luma shows one record in so many in a way that a client does not expect; 0: none. */
  spoilOneIn: number;
  isJson: boolean;
}

/** What `--all` runs. */
const ALL_MODES: readonly Mode[] = [
  { profile: 'storm', isStarved: false },
  { profile: 'storm', isStarved: true },
  { profile: 'freeze', isStarved: false },
];
const MINUTES = 1.5;
const HEAVY_MINUTES = 6;

const number = z.coerce.number({ error: 'must be a number' });
const schema = z.object({
  seeds: number.int().min(1).max(10_000).optional(),
  seed: number
    .int()
    .min(0)
    .max(2 ** 32 - 1)
    .optional(),
  minutes: number.min(0.1).max(60).optional(),
  freeze: z.boolean().default(false),
  heavy: z.boolean().default(false),
  starve: z.boolean().default(false),
  all: z.boolean().default(false),
  'no-poison': z.boolean().default(false),
  spoil: number.int().min(0).max(10_000).default(0),
  load: number.gt(0).max(10).default(1),
  json: z.boolean().default(false),
});

/** @throws {Error} one line for each option that cannot be used. */
export function readOptions(args: string[]): Options {
  const { values } = parseArgs({
    args,
    options: {
      seeds: { type: 'string' },
      seed: { type: 'string' },
      minutes: { type: 'string' },
      load: { type: 'string' },
      freeze: { type: 'boolean' },
      heavy: { type: 'boolean' },
      starve: { type: 'boolean' },
      all: { type: 'boolean' },
      'no-poison': { type: 'boolean' },
      spoil: { type: 'string' },
      json: { type: 'boolean' },
    },
  });
  const parsed = schema.safeParse(values);
  if (!parsed.success)
    throw new Error(parsed.error.issues.map(({ path, message }) => `--${path.join('.')}: ${message}`).join('\n'));
  const { seeds, seed, minutes, load, json, freeze, heavy, starve, all } = parsed.data;
  if (freeze && heavy) throw new Error('--freeze and --heavy: choose one');
  if (all && (freeze || heavy || starve)) throw new Error('--all has modes of its own');
  const mode: Mode = { profile: freeze ? 'freeze' : heavy ? 'heavy' : 'storm', isStarved: starve };
  // A seed that is named is to be had again: that one alone, unless more are asked for.
  const count = seeds ?? (seed === undefined ? 20 : 1);
  return {
    seeds: Array.from({ length: count }, (_, index) => (seed ?? 1) + index),
    modes: all ? ALL_MODES : [mode],
    minutes: minutes ?? (heavy ? HEAVY_MINUTES : MINUTES),
    load,
    hasPoison: !parsed.data['no-poison'],
    spoilOneIn: parsed.data.spoil,
    isJson: json,
  };
}

/** The options that choose a mode, `--freeze --starve`; empty for the default. */
export function toModeOptions({ profile, isStarved }: Mode): string {
  return [profile === 'storm' ? '' : `--${profile}`, isStarved ? '--starve' : ''].filter(Boolean).join(' ');
}

export function replayCommand(seed: number, mode: Mode, options: Options): string {
  const { minutes, load, hasPoison, spoilOneIn } = options;
  const chosen = [
    `--seed ${seed} --minutes ${minutes}`,
    load === 1 ? '' : `--load ${load}`,
    toModeOptions(mode),
    hasPoison ? '' : '--no-poison',
    spoilOneIn === 0 ? '' : `--spoil ${spoilOneIn}`,
  ];
  return `npm run chaos -- ${chosen.filter(Boolean).join(' ')}`;
}
