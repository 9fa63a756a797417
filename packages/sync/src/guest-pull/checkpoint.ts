import { z } from 'zod';

/** Where an interrupted pull goes on. Written in the commit of the page, or of the coupons, it describes. */
export const checkpointSchema = z.object({
  cursor: z.string().optional(),
  /** When the listing began. What is missing from it has to have been there before. */
  startedAt: z.iso.datetime(),
  pages: z.number(),
  seen: z.number(),
  added: z.number(),
  updated: z.number(),
  /** Guests that could not be read, or not stored. */
  unreadable: z.number().default(0),
  unknownStatus: z.number(),
  couponsAssigned: z.number(),
  couponsMissing: z.number(),
  couponsHeld: z.number(),
  isComplete: z.boolean(),
  /** People served so far and mails that may still be queued; null before the first, and for a pull without coupons. */
  coupons: z.object({ from: z.number(), mailsLeft: z.number().nullable() }).nullable(),
  areCouponsDone: z.boolean(),
});
export type Checkpoint = z.infer<typeof checkpointSchema>;

export const toStart = (now: Date): Checkpoint => ({
  startedAt: now.toISOString(),
  pages: 0,
  seen: 0,
  added: 0,
  updated: 0,
  unreadable: 0,
  unknownStatus: 0,
  couponsAssigned: 0,
  couponsMissing: 0,
  couponsHeld: 0,
  isComplete: false,
  coupons: null,
  areCouponsDone: false,
});
