import { toVisibleText } from '@luma-sync/domain';
import type { RequestHandler } from 'express';

/** Jobs and their errors may quote texts of Luma: in what the board is sent, control characters are written out. */
export const visibleJson: RequestHandler = (_req, res, next) => {
  const send = res.json.bind(res);
  // As JSON has it: what becomes a text there (moments, instances) is one here too.
  res.json = (body: unknown) => send(JSON.parse(JSON.stringify(body ?? null), toVisible));
  next();
};

/** Names of fields are our own, of fixed words. */
const toVisible = (_name: string, value: unknown): unknown =>
  typeof value === 'string' ? toVisibleText(value) : value;
