import { parseArgs } from 'node:util';
import { z } from 'zod';

export interface Options {
  seeds: readonly number[];
  /** How long the load and the faults of one seed last. */
  minutes: number;
  /** Share of the full load: 1 is 2,000 RSVPs and 200 edits. */
  load: number;
  isJson: boolean;
}

const number = z.coerce.number({ error: 'must be a number' });
const schema = z.object({
  seeds: number.int().min(1).max(10_000).optional(),
  seed: number
    .int()
    .min(0)
    .max(2 ** 32 - 1)
    .optional(),
  minutes: number.min(0.1).max(60).default(1.5),
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
      json: { type: 'boolean' },
    },
  });
  const parsed = schema.safeParse(values);
  if (!parsed.success)
    throw new Error(parsed.error.issues.map(({ path, message }) => `--${path.join('.')}: ${message}`).join('\n'));
  const { seeds, seed, minutes, load, json } = parsed.data;
  // A seed that is named is to be had again: that one alone, unless more are asked for.
  const count = seeds ?? (seed === undefined ? 20 : 1);
  return {
    seeds: Array.from({ length: count }, (_, index) => (seed ?? 1) + index),
    minutes,
    load,
    isJson: json,
  };
}

export function replayCommand(seed: number, { minutes, load }: Options): string {
  return `npm run chaos -- --seed ${seed} --minutes ${minutes}${load === 1 ? '' : ` --load ${load}`}`;
}
