import { afterAll, beforeAll, beforeEach, expect } from '@jest/globals';
import { JobError } from '@luma-sync/jobs';
import type { CreateEventRequest } from '@luma-sync/luma-contract';
import { type LumaSim, startLumaSim } from '@luma-sync/luma-sim';
import { createLumaClient, type LumaClient, type LumaClientOptions } from '../src/create-luma-client.js';
import type { CallOptions, LumaApi } from '../src/luma-api.js';
import { SLOT_HEADER } from '../src/transport.js';
import { createRecordingGate, type RecordingGate } from './recording-gate.js';

/**
 * The client against the real simulator. They share the contract package and nothing else, so each can catch the other
 * out.
 */

export const ACCOUNT = 'fingerprint';

export interface Stage {
  readonly sim: LumaSim;
  readonly luma: LumaClient;
  readonly gate: RecordingGate;
  /** Another client of the same simulator; closed at the end. */
  open(options: Partial<LumaClientOptions>): LumaClient;
}

/**
 * One simulator for a file, put back to its start before each test; guests appear at once unless a test says otherwise.
 */
export function useSimulator(): Stage {
  let sim: LumaSim;
  let gate: RecordingGate;
  let luma: LumaClient;
  const opened: LumaClient[] = [];
  const open = (options: Partial<LumaClientOptions>): LumaClient => {
    const client = createLumaClient({
      baseUrl: sim.url,
      apiKey: 'secret-default',
      account: ACCOUNT,
      slots: gate,
      userAgent: 'luma-sync/contract-test',
      ...options,
    });
    opened.push(client);
    return client;
  };
  beforeAll(async () => {
    sim = await startLumaSim({
      settings: {
        guests: { addDelayMinMs: 0, addDelayMaxMs: 0 },
        requests: { requiredHeader: SLOT_HEADER, isHeaderUsedOnce: true },
      },
    });
  });
  beforeEach(() => {
    sim.control.reset();
    gate = createRecordingGate();
    luma = open({});
  });
  afterAll(async () => {
    for (const client of opened) client.close();
    await sim.close();
  });
  return {
    get sim() {
      return sim;
    },
    get luma() {
      return luma;
    },
    get gate() {
      return gate;
    },
    open,
  };
}

export const call = (options: Partial<CallOptions> = {}): CallOptions => ({
  signal: new AbortController().signal,
  priority: 'sync',
  ...options,
});

export const NEW_EVENT = { name: 'Example', start_at: '2027-03-16T19:30:00.000Z', timezone: 'Europe/Berlin' };

export async function createEvent(luma: LumaApi, over: Partial<CreateEventRequest> = {}): Promise<string> {
  return (await luma.createEvent({ ...NEW_EVENT, ...over }, call())).id;
}

/** The error of a call that must fail. */
export async function failure(promise: Promise<unknown>): Promise<JobError> {
  const thrown = await promise.then(
    () => new Error('it did not fail'),
    (error: unknown) => error,
  );
  if (!(thrown instanceof JobError)) throw thrown;
  return thrown;
}

/**
 * A recorded shape judges what the client makes of the simulator's answer: every field that the schema reads from the
 * recording is there, of the same type. Null stands for "may be null".
 */
export function expectShapeOf(actual: unknown, recorded: unknown, path = '$'): void {
  if (actual === null || recorded === null) return;
  if (Array.isArray(recorded)) {
    expect([path, Array.isArray(actual)]).toEqual([path, true]);
    const [one] = actual as unknown[];
    if (recorded.length > 0 && one !== undefined) expectShapeOf(one, recorded[0], `${path}[0]`);
  } else if (typeof recorded === 'object') {
    expect([path, keysOf(actual)]).toEqual([path, keysOf(recorded)]);
    for (const [key, value] of Object.entries(recorded as object)) {
      expectShapeOf((actual as Record<string, unknown>)[key], value, `${path}.${key}`);
    }
  } else expect([path, typeof actual]).toEqual([path, typeof recorded]);
}

const keysOf = (value: unknown): string[] => Object.keys(value as object).sort();
