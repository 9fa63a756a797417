import type { TimelineFact } from './facts.js';
import { isKnownFact, renderFact } from './render-fact.js';
import type { Rendered, TimelineKind } from './rendered.js';

/** An entry as it is stored. Entries of earlier versions have their message stored; of later ones only the fact is. */
export interface StoredEntry {
  fact: string | null;
  /** The data of the fact. */
  details: unknown;
  message: string | null;
  kind: TimelineKind | null;
  /** Null: as the fact itself says. */
  actor: string | null;
}

export interface RenderedEntry {
  kind: TimelineKind;
  message: string;
  actor: string;
}

/**
 * What an operator reads of a stored entry. A stored message is shown as it was written. An entry that this version
 * does not know, or whose data it cannot read, costs only its own message.
 */
export function renderEntry({ fact, details, message, kind, actor }: StoredEntry): RenderedEntry {
  const rendered = message === null ? render(fact, details) : null;
  return {
    kind: kind ?? rendered?.kind ?? 'observed',
    message:
      message ?? rendered?.message ?? `Entry "${fact ?? 'without a name'}", which this version cannot show in words.`,
    actor: actor ?? rendered?.actor ?? 'luma-sync',
  };
}

function render(fact: string | null, details: unknown): Rendered | null {
  if (fact === null || !isKnownFact(fact)) return null;
  try {
    return renderFact({ ...(details as object), fact } as TimelineFact);
  } catch {
    return null;
  }
}
