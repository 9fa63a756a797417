import { LATE_ARRIVAL_MS, REQUEST_TIMEOUT_MS, RetryAfterError } from '@luma-sync/jobs';
import { type Endpoint, type FailureContext, fromGotError, fromStatus, type Transport } from '@luma-sync/luma-client';
import type { InProcessLuma, InProcessRequest } from '@luma-sync/luma-sim';
import type { ProcessRun, RunParts } from '../ours/process-run.js';
import type { Sendings } from './sendings.js';
import type { Witness } from './witness.js';

export interface NetworkToLuma extends Pick<RunParts, 'time' | 'random' | 'trace' | 'faults'> {
  luma: InProcessLuma;
  witness: Witness;
  sendings: Sendings;
}

/** One way, milliseconds. */
const TRANSIT_MAX_MS = 300;
const ADD = '/v1/events/guests/add';

/** Carries the requests of one run to the played Luma: late, once, half, or not at all. */
export function createTransport(run: ProcessRun, network: NetworkToLuma): Transport {
  const { time, random, trace, faults, luma, witness, sendings } = network;

  const call: Transport['call'] = async (endpoint, input, options) => {
    const what = `${endpoint.method} ${endpoint.path}`;
    const failure = (isSent: boolean): FailureContext => ({
      what,
      effect: endpoint.effect,
      isSent,
      isInterrupted: false,
      secrets: [],
      nowMs: time.now(),
      random: random.next,
    });
    const refuse = (status: number, text: string): never => {
      throw fromStatus({ statusCode: status, headers: {}, body: text }, failure(true));
    };
    await run.boundary(`before ${what}`);
    if (random.chance(faults().noSlot))
      throw new RetryAfterError('limiter.no_slot', `${what} waits for the budget`, {
        waitMs: random.whole(200, 4_000),
      });
    if (random.chance(faults().unreachable)) throw fromGotError(new Error('refused'), failure(false));
    options.beforeSend?.();
    const request = toRequest(endpoint, input);
    const isWrite = endpoint.effect !== 'read';
    const trouble = request.path === ADD ? faults().addTrouble : 0;
    const sentAt = time.now();
    run.hasWritten ||= isWrite;
    const sending = sendings.leaves(run, request);

    if (isWrite && random.chance(faults().lateArrival)) {
      run.noteTrouble();
      await time.pause(REQUEST_TIMEOUT_MS);
      time.after(random.whole(0, LATE_ARRIVAL_MS), () => deliver(request, sentAt));
      if (run.isDead) return run.die(what);
      throw fromGotError(new Error('timeout'), failure(true));
    }
    const { silence, crash } = faults();
    const fallsSilent = isWrite && silence > 0 && random.chance(silence);
    // The process may die while its request travels: it arrives all the same.
    const diesOnTheWay = fallsSilent || random.chance(crash + trouble);
    if (diesOnTheWay) void run.die(`waiting for ${what}`);
    await time.pause(random.whole(2, fallsSilent ? REQUEST_TIMEOUT_MS : TRANSIT_MAX_MS));
    if (random.chance(faults().failsBefore + trouble)) {
      await time.pause(random.whole(2, TRANSIT_MAX_MS));
      if (run.isDead) return run.die(what);
      trace.record(() => `   ${run.name}: ${what} is answered with 503`);
      return refuse(503, '{"message":"Unavailable","code":null}');
    }
    const answer = deliver(request, sentAt);
    await time.pause(random.whole(2, TRANSIT_MAX_MS));
    if (run.isDead) return run.die(what);
    if (random.chance(faults().lostAnswer + trouble)) {
      trace.record(() => `   ${run.name}: the answer to ${what} is lost`);
      if (isWrite) run.noteTrouble();
      throw fromGotError(new Error('reset'), failure(true));
    }
    sendings.answered(run, request, sending, answer.status);
    if (answer.status >= 400) return refuse(answer.status, answer.text);
    return JSON.parse(answer.text);
  };

  function deliver(request: InProcessRequest, sentAt: number): { status: number; text: string } {
    const { partlyRefused, addTrouble } = faults();
    const isPartly = request.path === ADD && guestsOf(request).length > 1 && random.chance(partlyRefused + addTrouble);
    const arriving = isPartly ? withHalf(request) : request;
    const answer = witness.arrive(run, arriving, sentAt, () => luma.answer(arriving));
    trace.record(
      () =>
        `   ${run.name}: ${request.method} ${request.path} ` +
        `${JSON.stringify(request.method === 'GET' ? request.query : arriving.body)} -> ` +
        `${answer.status}${isPartly ? ', then refused' : ''}`,
    );
    if (!isPartly) return answer;
    run.noteTrouble();
    return { status: 400, text: '{"message":"Invalid request.","code":null}' };
  }

  return {
    call,
    waitForSlot: async () => {},
    upload: () => Promise.reject(new Error('no image is uploaded here')),
    close: () => {},
  };
}

function toRequest(endpoint: Endpoint, input: Parameters<Transport['call']>[1]): InProcessRequest {
  const query = Object.entries(input.query ?? {}).flatMap(([name, value]) => {
    if (value === undefined) return [];
    if (!Array.isArray(value)) return [[name, String(value)] as const];
    return [[name, value.length === 1 ? String(value[0]) : value.map(String)] as const];
  });
  return {
    method: endpoint.method,
    path: endpoint.path,
    query: Object.fromEntries(query),
    body: input.body === undefined ? undefined : JSON.parse(JSON.stringify(input.body)),
  };
}

function guestsOf(request: InProcessRequest): unknown[] {
  return (request.body as { guests?: unknown[] }).guests ?? [];
}

function withHalf(request: InProcessRequest): InProcessRequest {
  const guests = guestsOf(request);
  return { ...request, body: { ...(request.body as object), guests: guests.slice(0, Math.ceil(guests.length / 2)) } };
}
