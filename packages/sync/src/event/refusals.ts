import { type Differences, EVENT_FIELDS, type EventField, type EventState } from '@luma-sync/domain';
import { FieldsRefusedError, PermanentError } from '@luma-sync/jobs';
import { toLumaName } from './to-luma.js';

/** Requests beyond the first: one for each field that is refused, and no more than so many. */
const REPEATS_MAX = 5;

export interface Accepted<T> {
  result: T;
  /** What Luma accepted. */
  state: Partial<EventState>;
  refused: Differences<EventState>;
}

/**
 * Makes a request, and once more without each field that Luma refuses by name: one bad field must not hold back
 * the others.
 *
 * @param required Fields without which there is no request.
 * @throws {PermanentError} `luma.rejected`: Luma names no field, or a required one, or refuses again and again.
 */
export async function withoutRefused<T, S extends Partial<EventState>>(
  wanted: S,
  required: readonly EventField[],
  request: (state: S, refused: Differences<EventState>) => Promise<T>,
): Promise<Accepted<T>> {
  let state = wanted;
  let refused: Differences<EventState> = {};
  for (let repeats = 0; ; repeats += 1) {
    try {
      return { result: await request(state, refused), state, refused };
    } catch (error) {
      const named = findRefused(error, state);
      const fields = Object.keys(named) as EventField[];
      const isHopeless = fields.length === 0 || fields.some((field) => required.includes(field));
      if (isHopeless || repeats >= REPEATS_MAX) throw error;
      refused = { ...refused, ...named };
      state = Object.fromEntries(Object.entries(state).filter(([field]) => !(field in named))) as S;
    }
  }
}

/** Of these fields, those that the refusal names. */
function findRefused(error: unknown, state: Partial<EventState>): Differences<EventState> {
  if (!(error instanceof PermanentError) || error.code !== 'luma.rejected') return {};
  const refused: Differences<EventState> = {};
  for (const field of EVENT_FIELDS) {
    const message = field in state ? toRefusal(error, toLumaName(field)) : null;
    if (message !== null) refused[field] = { why: 'refused', message };
  }
  // The end was meant for the new start.
  if (refused.startsAt !== undefined && state.endsAt !== undefined) refused.endsAt ??= refused.startsAt;
  return refused;
}

/** Luma's words about a field of this name, if the refusal names it. */
export function toRefusal(error: PermanentError, name: string): string | null {
  if (error instanceof FieldsRefusedError) return error.fields.find((field) => field.name === name)?.message ?? null;
  // Without lines of its own a field is named in a sentence. `name` is a word of every sentence.
  const isNamed = name !== 'name' && error.message.split(/[^a-z_]+/).includes(name);
  return isNamed ? error.message : null;
}
