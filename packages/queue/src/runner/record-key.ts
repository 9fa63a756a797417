import { findDefinition } from '@luma-sync/jobs';

/** The record a stored payload works on; null when it does not parse, which the run itself then tells. */
export function recordKey(job: string, payload: unknown): string | null {
  const definition = findDefinition(job);
  const parsed = definition?.payload.safeParse(payload);
  return definition !== null && parsed?.success === true ? definition.oneAtATime(parsed.data) : null;
}
