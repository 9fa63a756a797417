import { expect } from '@jest/globals';
import type { TimelineFact } from '../src/facts.js';
import { renderEntry } from '../src/render-entry.js';
import { renderFact } from '../src/render-fact.js';

/** A fact, and what an operator reads of it. */
export type Row = [fact: TimelineFact, kind: string, actor: string, message: string];

/** Of the fact, and of the entry that the store keeps of it. */
export function expectRendered(fact: TimelineFact, kind: string, actor: string, message: string): void {
  expect(renderFact(fact)).toEqual({ kind, actor, message });
  const { fact: name, ...data } = fact;
  const details: unknown = JSON.parse(JSON.stringify(data));
  expect(renderEntry({ fact: name, details, message: null, kind: null, actor: null })).toEqual({
    kind,
    actor,
    message,
  });
}
