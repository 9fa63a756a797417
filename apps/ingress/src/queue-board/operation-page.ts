import type { OperationView } from '@luma-sync/store';
import type { RequestHandler } from 'express';
import { z } from 'zod';
import { notFound } from '../http/problem.js';
import { escapeHtml, renderPage } from '../pages/page.js';

export type FindOperation = (id: string) => Promise<OperationView | null>;

/** The operation behind a job of the board, for an operator's browser: `/v1` asks for an API key, which no link has. */
export const operationPage =
  (findOperation: FindOperation): RequestHandler =>
  async (req, res) => {
    const id = z.uuid().safeParse(req.params.id);
    const operation = id.success ? await findOperation(id.data) : null;
    if (operation === null) throw notFound('operation');
    res.send(renderPage('Operation · luma-sync', toBody(operation)));
  };

function toBody(operation: OperationView): string {
  const { id, job, state, attempts, waiting, error, outcome, replayOf, replayedBy } = operation;
  const rows: [string, unknown][] = [
    ['Job', job],
    ['State', state],
    ['Attempts', attempts],
    ['Event', operation.eventId],
    ['Calendar', operation.calendarId],
    ['Accepted', operation.createdAt.toISOString()],
    ['Finished', operation.finishedAt?.toISOString() ?? null],
    ['Waits', waiting === null ? null : `${waiting.reason}, until ${waiting.until.toISOString()}`],
    ['Error', error === null ? null : `${error.code}: ${error.message}`],
    ['Outcome', outcome === null ? null : JSON.stringify(outcome)],
    ['Runs again', replayOf],
    ['Was run again by', replayedBy],
  ];
  const lines = rows
    .filter(([, value]) => value !== null)
    .map(([name, value]) => `<dt>${name}</dt><dd>${escapeHtml(String(value))}</dd>`);
  const again =
    state === 'failed' || operation.parkedAt !== null
      ? `<p>To run it again: <code>npx luma-sync operations retry ${escapeHtml(id)}</code></p>`
      : '';
  return `<h1>Operation ${escapeHtml(id)}</h1><dl>${lines.join('')}</dl>${again}<p><a href="/queues">Queues</a></p>`;
}
