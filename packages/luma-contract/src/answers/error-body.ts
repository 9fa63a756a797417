import { z } from 'zod';
import { lenient } from '../tolerance.js';

/**
 * Body of every refusal: `{message, code}`, with `code` null in all observations (seen live). The documents declare no
 * error bodies, so a client decides by HTTP status; matching on the text is a last resort (`active Luma Plus plan`).
 */
export const lumaErrorBodySchema = z.object({ message: z.string(), code: lenient(z.string().nullable()) });
export type LumaErrorBody = z.output<typeof lumaErrorBodySchema>;
