import type { NextFunction, Request, Response } from 'express';
import type { Clock } from '../clock.js';
import { Saver } from './saver.js';
import type { Snapshot } from './snapshot.js';
import { readState, writeState } from './state-file.js';

export interface KeepOptions {
  /**
   * File that keeps Luma's memory and the mailbox from one start to the next. Without it they end with the simulator.
   * With it ids come from the system instead of the seed: an id whose event was lost by a kill is never given out
   * again.
   */
  stateFile?: string;
  /** Given the first error of a row of failed writes of that file. */
  onSaveError?: (error: unknown) => void;
}

/** What the file holds, and what saves to it. Without a file: nothing, and null. */
export function openState({ stateFile: path, onSaveError }: KeepOptions, toState: () => Snapshot) {
  if (path === undefined) return { read: { kind: 'none' } as const, saver: null };
  const saver = new Saver(() => writeState(path, toState()), onSaveError ?? (() => undefined));
  return { read: readState<Snapshot>(path, new Date()), saver };
}

/** A clock whose tasks may change something. */
export const noting = (clock: Clock, noteChange: () => void): Clock => ({
  now: () => clock.now(),
  after: (ms, task) =>
    clock.after(ms, () => {
      task();
      noteChange();
    }),
});

/** At arrival too: a fault may keep the answer back long after the work is done. */
export const noteWrites =
  (noteChange: () => void) =>
  (req: Request, res: Response, next: NextFunction): void => {
    if (req.method !== 'GET') {
      res.once('close', noteChange);
      noteChange();
    }
    next();
  };
