import { Prisma } from '../generated/client.js';

/**
 * Whether the address and phone of a row `p` of `people` say who the person is: the app had proof of the address, or
 * Luma showed them. What the app states without proof is a claim.
 */
export const IS_PROVEN = Prisma.sql`(p.email_verified or (p.origin = 'luma' and p.external_id is null))`;

/** A row `p` of `people` who is known from Luma alone. */
export const IS_LUMAS = Prisma.sql`(p.origin = 'luma' and p.external_id is null)`;
