import { toJobError } from '@luma-sync/jobs';
import {
  type CallOptions,
  createLumaApi,
  createTransport,
  type SlotGate,
  type Transport,
  USER_AGENT,
} from '@luma-sync/luma-client';
import type { OddRecord } from '@luma-sync/luma-contract';
import { holdAgainst, lumaFacts } from '@luma-sync/luma-facts';

export interface LiveSettings {
  baseUrl: string;
  apiKey: string;
  slots: SlotGate;
}

/** How one answer stands to the table, and whether it can be read. Names of fields, never values. */
export interface LiveAnswer {
  route: string;
  differences: string[];
  /** Null when the answer was read whole. */
  problem: string | null;
}

const ANSWER_WITHIN_MS = 30_000;
/** Differences named for one answer. */
const SHOWN_MAX = 20;

/** At most six reads, one page each; nothing is changed at Luma. A read that fails ends its own part only. */
export async function readLive({ baseUrl, apiKey, slots }: LiveSettings): Promise<LiveAnswer[]> {
  const transport = createTransport({
    baseUrl,
    apiKey,
    account: 'canary',
    slots,
    userAgent: USER_AGENT,
    requestTimeoutMs: ANSWER_WITHIN_MS,
    answerBytesMax: 16 * 1_048_576,
  });
  const answers: LiveAnswer[] = [];
  let odd: readonly OddRecord[] = [];
  const api = createLumaApi(watch(transport, answers), async (reading) => {
    odd = reading.odd;
  });
  const look = async (what: string, read: (call: CallOptions) => Promise<void>): Promise<void> => {
    odd = [];
    const before = answers.length;
    const problem = await read(toCall()).then(
      () => toProblem(odd),
      (error: unknown) => toJobError(error).message,
    );
    const answer = answers[before] ?? { route: what, differences: [], problem: null };
    answer.problem = problem;
    if (answers.length === before) answers.push(answer);
  };
  let eventId: string | undefined;
  try {
    await look('the user of the key', async (call) => void (await api.getSelf(call)));
    await look('the calendar', async (call) => void (await api.getCalendar(call)));
    await look('its events', async (call) => {
      eventId = (await api.listEvents({}, call)).entries[0]?.id;
    });
    const id = eventId;
    if (id === undefined) return answers;
    await look('its first event', async (call) => void (await api.getEvent(id, call)));
    await look('the guests of that event', async (call) => void (await api.listGuests({ event_id: id }, call)));
    await look('its ticket types', async (call) => void (await api.listTicketTypes(id, call)));
    return answers;
  } finally {
    transport.close();
  }
}

const toCall = (): CallOptions => ({
  signal: AbortSignal.timeout(2 * ANSWER_WITHIN_MS),
  priority: 'bulk',
  maxWaitMs: ANSWER_WITHIN_MS,
});

/** Every answer is held against the table on its way to the reading. */
const watch = (transport: Transport, answers: LiveAnswer[]): Transport => ({
  ...transport,
  call: async (endpoint, input, options) => {
    const answer = await transport.call(endpoint, input, options);
    const route = `${endpoint.method} ${endpoint.path}`;
    answers.push({ route, differences: toDifferences(`${route} answer`, answer), problem: null });
    return answer;
  },
});

function toDifferences(part: string, answer: unknown): string[] {
  const shape = lumaFacts().get(part);
  if (shape === undefined) return ['the table does not have this route'];
  const { refusals, unknownFields } = holdAgainst(shape, answer);
  const lines = [
    ...refusals.map(({ path, message }) => `${path || 'the answer'}: ${message}`),
    ...unknownFields.map((field) => `${field}: the table does not have this field`),
  ];
  return [...new Set(lines)].slice(0, SHOWN_MAX);
}

/** What of a record could not be read. */
function toProblem(odd: readonly OddRecord[]): string | null {
  const fields = new Set(
    odd.flatMap(({ notes }) => notes.map(({ path, reason }) => `${path || 'a record'} (${reason})`)),
  );
  return fields.size === 0 ? null : `cannot be read whole: ${[...fields].join(', ')}`;
}
