import { hasChangedRecord, type RequestNote } from '@luma-sync/jobs';
import type { RunFact } from './facts.js';
import { JOB_LABELS, REQUEST_LABELS, SKIP_LABELS, WAIT_LABELS, WEBHOOK_LABELS } from './labels.js';
import { byUs, type Rendered, type TimelineKind } from './rendered.js';

/** One run: how it ended, why, and what was asked of Luma. */
export function renderRun(run: RunFact): Rendered {
  const [kind, ending] = renderEnding(run);
  return byUs(kind, `${ending}${requestWords(run)}${askedBy(run)}`);
}

function renderEnding({ job, ending }: RunFact): [TimelineKind, string] {
  const what = JOB_LABELS[job] ?? job;
  switch (ending.kind) {
    case 'done':
      return renderDone(job, what, ending.details);
    case 'skipped':
      return ['skipped', `${what}: nothing was done, ${SKIP_LABELS[ending.reason] ?? plain(ending.reason)}.`];
    case 'waiting': {
      const why = WAIT_LABELS[ending.code] ?? ending.message;
      return ['waiting', `${what} waits until ${ending.until.slice(11, 19)} UTC: ${why} (${ending.code}).`];
    }
    case 'parked': {
      const until = `${ending.until.slice(0, 16).replace('T', ' ')} UTC`;
      return ['failed', `${what} is parked and tried again at ${until}: ${ending.message} (${ending.code}).`];
    }
    case 'retry':
      return [
        'failed',
        `${what} failed in attempt ${ending.attempt} and is tried again: ${ending.message} (${ending.code}).`,
      ];
    case 'failed':
      return ['failed', `${what} failed in attempt ${ending.attempt}, the last: ${ending.message} (${ending.code}).`];
    case 'interrupted':
      return ['waiting', `${what} was interrupted by a shutdown or a lost lease, and goes on.`];
  }
}

function renderDone(job: string, what: string, details: Record<string, unknown>): [TimelineKind, string] {
  if (job === 'inbox.apply') {
    const { type, applied } = details;
    const words = WEBHOOK_LABELS[String(applied)];
    const kind = words === undefined || hasChangedRecord(details) ? 'observed' : 'skipped';
    return [kind, `Webhook ${String(type)}: ${words ?? plain(String(applied))}.`];
  }
  const counts = Object.entries(details).filter(([, value]) => typeof value === 'number' && value > 0);
  const words = counts.map(([name, value]) => `${plain(name)} ${String(value)}`).join(', ');
  return ['answered', words === '' ? `${what} ended well; nothing changed.` : `${what} ended well: ${words}.`];
}

function requestWords({ requests, requestsMore }: RunFact): string {
  if (requests.length === 0) return '';
  const groups = grouped(requests);
  const more = requestsMore === 0 ? '' : `, and ${requestsMore} more`;
  const total = requests.length + requestsMore;
  return ` ${total === 1 ? 'One request' : `${total} requests`} to Luma: ${groups.map(groupWords).join('; ')}${more}.`;
}

interface Group extends RequestNote {
  count: number;
}

/** A hundred equal reads in a row are one thing to say. */
function grouped(requests: readonly RequestNote[]): Group[] {
  const groups: Group[] = [];
  for (const request of requests) {
    const last = groups.at(-1);
    const isSame = last?.path === request.path && last.status === request.status && last.code === request.code;
    if (last !== undefined && isSame) {
      last.count += 1;
      last.durationMs += request.durationMs;
    } else groups.push({ ...request, count: 1 });
  }
  return groups;
}

function groupWords({ method, path, status, code, durationMs, count }: Group): string {
  const what = REQUEST_LABELS[path] ?? `${method} ${path}`;
  const answer = status === null ? 'no answer' : String(status);
  const problem = code === null ? '' : `, ${code}`;
  return `${what}${count === 1 ? '' : ` ×${count}`} (${answer}${problem}, ${durationMs} ms)`;
}

const TRIGGERS = { api: 'by the app', manual: 'by hand' };

function askedBy({ trigger, askedBy }: RunFact): string {
  if (trigger === 'webhook') return '';
  if (trigger === 'scheduled') return ' Asked for by the schedule.';
  const before = JOB_LABELS[askedBy];
  if (before !== undefined) return ` Follows from: ${before.charAt(0).toLowerCase()}${before.slice(1)}.`;
  return ` Asked for ${TRIGGERS[trigger]} (${askedBy}).`;
}

/** `already-pushed` and `couponsAssigned` as words. */
const plain = (word: string): string =>
  word.replace(/[-_]/g, ' ').replace(/([a-z])([A-Z])/g, (_, a, b) => `${a} ${b.toLowerCase()}`);
