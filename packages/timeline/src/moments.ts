import type { Observation } from './facts.js';

export const seen = ({ via, seenAt }: Observation): string => `seen ${clock(seenAt)} by ${via}`;

/** Entries carry their own moment; inside a sentence the time of day is enough. */
export const clock = (instant: string): string => `${new Date(instant).toISOString().slice(11, 16)} UTC`;
