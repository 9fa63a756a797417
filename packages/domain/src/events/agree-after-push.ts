import type { Base, Difference, Differences } from '../merge/three-way.js';
import { EVENT_FIELDS, type EventField, type EventState } from './event-state.js';
import { isOurEventField, isSameEventField } from './field-rules.js';
import { isRewriting, isRewritingOfNew } from './rewriting.js';

/** A push and the look at its effect. */
export interface PushEffect {
  ours: EventState;
  /** What both sides agreed on before; null when they were never compared. */
  base: Base<EventState> | null;
  /** Fields the push is about; all of them without a base. */
  fields: readonly EventField[];
  /** What Luma accepted. Fields that are not in it were left to Luma. */
  asked: Partial<EventState>;
  /** Fields that Luma did not take, and why. */
  notTaken: Differences<EventState>;
  observed: Partial<EventState>;
  /** The same run created the event a moment ago: a host hardly had time to edit it. */
  isNew: boolean;
}

export interface AgreedAfterPush {
  base: Pick<Base<EventState>, 'ours' | 'luma' | 'notAtLuma'>;
  /** Fields that Luma shows as they were before the request. Our change of them is not agreed. */
  unseen: EventField[];
}

/**
 * What both sides agree on after a push, as far as the push decides it.
 *
 * - A field that Luma shows as it was sent, or rewritten, is agreed.
 * - A field that shows its earlier value is not there yet, and its change stays open.
 * - Any other value is a host's, who edited between the request and the look. The next merge takes it over.
 */
export function agreeAfterPush(effect: PushEffect): AgreedAfterPush {
  const { ours, base, observed } = effect;
  const agreedOurs: EventState = { ...(base?.ours ?? ours) };
  const agreedLuma: Partial<EventState> = { ...(base?.luma ?? observed) };
  const differences: Differences<EventState> = { ...base?.notAtLuma };
  const unseen: EventField[] = [];
  const findings = (base === null ? EVENT_FIELDS : effect.fields).map(
    (field) => [field, judge(field, effect)] as const,
  );
  // A read that shows one field as it was before may be older than the request as a whole.
  const isOld = findings.some(([, { kind }]) => kind === 'unseen');
  for (const [field, finding] of findings) {
    const isUnseen = finding.kind === 'unseen' || (isOld && finding.kind === 'hosts');
    if (isUnseen) unseen.push(field);
    if (isUnseen || finding.kind === 'open') continue;
    assign(agreedOurs, field, ours);
    delete differences[field];
    if (finding.kind === 'hosts') assign(agreedLuma, field, effect.asked);
    if (finding.kind === 'agreed')
      assign(agreedLuma, field, finding.isKept ? { ...observed, ...base?.luma } : observed);
    if (finding.kind === 'agreed' && finding.difference !== null) differences[field] = finding.difference;
  }
  const notAtLuma = Object.keys(differences).length === 0 ? {} : { notAtLuma: differences };
  return { base: { ours: agreedOurs, luma: agreedLuma, ...notAtLuma }, unseen };
}

type Finding =
  /** `isKept`: Luma holds what it held before, as far as that is known; another value is a host's. */
  | { kind: 'agreed'; isKept: boolean; difference: Difference | null }
  | { kind: 'unseen' }
  /** Ours did not get there, and a host has changed Luma's value meanwhile: the merge decides. */
  | { kind: 'open' }
  | { kind: 'hosts' };

function judge(field: EventField, effect: PushEffect): Finding {
  const { base, asked, notTaken, observed, isNew } = effect;
  const before = base?.luma[field];
  const notTakenWhy = notTaken[field];
  if (notTakenWhy !== undefined) {
    const now = observed[field];
    if (before !== undefined && now !== undefined && !isSameEventField(field, now, before)) return { kind: 'open' };
    const held = before === undefined ? now : before;
    // Nothing to empty.
    const isEmpty = notTakenWhy.why === 'cannot_be_emptied' && (held === undefined || held === null);
    return { kind: 'agreed', isKept: true, difference: isEmpty ? null : notTakenWhy };
  }
  const shown = observed[field];
  if (!(field in asked) || shown === undefined || isOurEventField(field, asked[field], shown))
    return { kind: 'agreed', isKept: false, difference: null };
  const rewritten = { kind: 'agreed', isKept: false, difference: { why: 'rewritten' } } as const;
  const isMade = isRewriting(field, asked[field], shown);
  if (before !== undefined && isSameEventField(field, shown, before)) {
    // Values that begin alike are cut to the same. Known before, or looked for long enough, it is no delay.
    const isKnown = base?.notAtLuma?.[field]?.why === 'rewritten' || (base?.unseen?.sends ?? 0) > 0;
    return isMade && isKnown ? rewritten : { kind: 'unseen' };
  }
  if (isEarlierRequest(field, base, shown)) return { kind: 'unseen' };
  return isMade || (isNew && isRewritingOfNew(field, asked[field], shown)) ? rewritten : { kind: 'hosts' };
}

/** Whether Luma shows what an earlier request asked for that was never seen to come in. */
export function isEarlierRequest(field: EventField, base: Base<EventState> | null, shown: unknown): boolean {
  if (base?.unseen === undefined) return false;
  return [base.asked?.[field], base.unseen.earlier?.[field]].some(
    (value) => value !== undefined && isOurEventField(field, value, shown),
  );
}

function assign<F extends EventField>(target: Partial<EventState>, field: F, from: Partial<EventState>): void {
  if (from[field] !== undefined) target[field] = from[field];
}
