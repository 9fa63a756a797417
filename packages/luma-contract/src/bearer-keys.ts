/*
 * A bearer key opens something to anybody who holds it. Luma sends three: the key in a guest's check-in code, the
 * secret of a webhook and the token of a cancellation. None of them may be stored as it came.
 */

/** Fields of Luma's documents, of both generations, that hold nothing but a bearer key. */
const KEY_FIELDS: ReadonlySet<string> = new Set([
  'check_in_qr_code',
  'qr_code',
  'proxy_key',
  'guest_key',
  'ticket_key',
  'cancellation_token',
  'secret',
]);

export const REMOVED_KEY = '[removed]';

/**
 * The check-in address with its key (`https://luma.com/check-in/evt-..?pk=g-..`, seen live), wherever a text quotes it.
 */
const CHECK_IN_KEY = /([?&]pk=)[\w.~%-]+/g;

/**
 * A copy of parsed JSON without bearer keys: fields that hold one become `[removed]`, and a check-in address inside
 * another text loses its key. `null` stays `null`. Any depth is read: the walk keeps its own stack.
 */
export function withoutBearerKeys(json: unknown): unknown {
  const root = { value: json };
  const open: { holder: Record<string, unknown>; key: string }[] = [{ holder: root, key: 'value' }];
  for (let place = open.pop(); place !== undefined; place = open.pop()) {
    const { holder, key } = place;
    const value = holder[key];
    if (typeof value === 'string') {
      if (value.includes('pk=')) holder[key] = value.replace(CHECK_IN_KEY, `$1${REMOVED_KEY}`);
      continue;
    }
    if (typeof value !== 'object' || value === null) continue;
    const copy = (Array.isArray(value) ? [...value] : toPlainCopy(value)) as Record<string, unknown>;
    holder[key] = copy;
    for (const name of Object.keys(copy)) {
      if (KEY_FIELDS.has(name) && copy[name] != null) copy[name] = REMOVED_KEY;
      else open.push({ holder: copy, key: name });
    }
  }
  return root.value;
}

/** Each field as a property of its own: a field called `__proto__` would be lost by an assignment. */
function toPlainCopy(value: object): object {
  return Object.defineProperties({}, Object.getOwnPropertyDescriptors(value));
}
