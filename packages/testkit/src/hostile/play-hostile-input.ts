import type { HostileInput } from './hostile-inputs.js';

export interface HostileTarget {
  url: string;
  key: string;
  /** `Webhook-Signature` for a body, with a secret that the calendar has. */
  sign(body: string): string;
  poolId: string;
  calendarId: string;
}

/** @returns the status of the answer. */
export async function playHostileInput(input: HostileInput, target: HostileTarget): Promise<number> {
  const path = input.path.replace('{pool}', target.poolId).replace('{calendar}', target.calendarId);
  const body = input.body ?? null;
  const response = await fetchAgain(`${target.url}${path}`, {
    method: input.method,
    redirect: 'manual',
    headers: {
      ...(body === null ? {} : { 'content-type': 'application/json' }),
      ...(input.isSigned === true
        ? { 'webhook-signature': target.sign(body ?? ''), 'webhook-id': crypto.randomUUID() }
        : { authorization: `Bearer ${target.key}` }),
      ...input.headers,
    },
    body,
  });
  await response.arrayBuffer();
  return response.status;
}

/** A server closes a kept connection at times in the very moment in which it is used. */
async function fetchAgain(url: string, init: RequestInit): Promise<Response> {
  try {
    return await fetch(url, init);
  } catch {
    return await fetch(url, init);
  }
}
