import { z } from 'zod';

/** Fields that several requests share. Requests are strict: a field Luma does not know is a mistake of ours. */

export const eventIdField = z.string().min(1);
/** An instant; Luma accepts `Z` and offsets (documented). */
export const instantField = z.iso.datetime({ offset: true });
/** From when to when a ticket type is sold: plain dates (documented). */
export const plainDateField = z.iso.date();
/** A recipient's address; Luma's own rules are not documented, so only the rough shape is checked. */
export const emailField = z.string().regex(/^[^\s@]+@[^\s@]+$/, 'Invalid email address');
/**
 * A URL with a scheme. Not `z.url()`, which asks `URL.canParse`: once that is optimized, Node 20 refuses each
 * international host that is stored as Latin-1.
 */
export const urlField = z.string().refine(isUrl, { error: 'Invalid URL', abort: true }).meta({ format: 'uri' });
/** A short text to guests: at most 200 characters (documented). */
export const messageField = z.string().max(200);
/** Paging parameters. `cursor`, `page` and `offset` do not exist: Luma ignores them silently (reported by users). */
export const pagingFields = {
  pagination_cursor: z.string().optional(),
  pagination_limit: z.coerce.number().int().positive().optional(),
};
export const sortDirectionField = z.enum(['asc', 'desc', 'asc nulls last', 'desc nulls last']);

function isUrl(text: string): boolean {
  try {
    return new URL(text) !== null;
  } catch {
    return false;
  }
}
