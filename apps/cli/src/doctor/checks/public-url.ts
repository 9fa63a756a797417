import { JobError } from '@luma-sync/jobs';
import { openSafeFetch } from '@luma-sync/safe-fetch';
import { defineCheck } from './check.js';
import { ok, unseen, wrong } from './finding.js';

const what = 'Ingress at PUBLIC_URL';
const ANSWER_WITHIN_MS = 10_000;

/** Whether the address that Luma and people are given leads to ingress. */
export const publicAddress = defineCheck({
  what,
  needs: [],
  run: async ({ publicUrl }) => {
    if (publicUrl === null) return [unseen(what, 'not looked at without a usable PUBLIC_URL')];
    const { host } = new URL(publicUrl);
    // It is a setting, so it may lead to a private network.
    const fetchAddress = openSafeFetch({
      userAgent: 'luma-sync-doctor/0.1',
      allowHosts: [host],
      timeoutMs: ANSWER_WITHIN_MS,
    });
    try {
      const request = { bytesMax: 10_000, accept: 'application/json', signal: AbortSignal.timeout(ANSWER_WITHIN_MS) };
      const { bytes } = await fetchAddress(`${publicUrl}/healthz`, request);
      const isOurs = /^\{"status":"ok"\}$/.test(Buffer.from(bytes).toString('utf8'));
      return [isOurs ? ok(what) : wrong(what, 'something else answers there; look at the proxy in front of ingress')];
    } catch (error) {
      return [wrong(what, describeFailure(error))];
    }
  },
});

/** A host that answers is no host that is away: another remedy. */
function describeFailure(error: unknown): string {
  const words = error instanceof JobError ? error.message : '';
  const status = /the host answered (\d{3})/.exec(words)?.[1];
  if (status !== undefined)
    return `something else answers there (${status}); look at its path, and at the proxy in front of ingress`;
  return 'no answer from here; does ingress run, and do name, port and proxy lead to it?';
}
