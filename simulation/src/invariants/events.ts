import { EVENT_FIELDS, type EventField, type EventLink, isSameValue, toEventState } from '@luma-sync/domain';
import { playThroughEditor } from '@luma-sync/luma-sim';
import { fieldsAtLuma, plainMarkdown } from '../luma/luma-fields.js';
import type { EventRow } from '../ours/tables.js';
import type { Play } from '../play.js';
import type { SaidBySides } from '../scenarios/said.js';
import type { Verdict } from './check-invariants.js';
import { checkOddEvents, isFieldHidden, isUnreadEvent, mayBeUnread, mayNotBeShown } from './odd-events.js';

export function checkEvents(play: Play, said: SaidBySides, verdict: Verdict): void {
  const { tables, luma, witness } = play;
  for (const [eventId, all] of witness.created) {
    // One that a host removed before we knew of it is made again: there is no asking whether it ever was.
    const created = all.filter((id) => luma.world.events.has(id));
    if (created.length > 1) verdict.duplicates.push(`event ${eventId} was created as ${created.join(' and ')}`);
  }
  const linked = new Set<string>();
  for (const [eventId, link] of tables.eventLinks) {
    if (link.lumaEventId === null) continue;
    if (linked.has(link.lumaEventId)) verdict.duplicates.push(`${link.lumaEventId} is two events here`);
    linked.add(link.lumaEventId);
    const event = tables.events.get(eventId);
    if (event !== undefined) checkPair(play, said, event, link, verdict);
  }
  checkOddEvents(play, verdict);
  for (const id of luma.world.events.keys())
    if (!linked.has(id) && !isUnreadEvent(play, id)) verdict.diverged.push(`${id} is not known here`);
  for (const event of tables.events.values()) {
    const link = tables.eventLinks.get(event.id);
    const isAtLuma = link?.lumaEventId != null || mayBeUnread(play, link);
    if (event.approval === 'approved' && !isAtLuma) verdict.diverged.push(`event ${event.id} is not at Luma`);
  }
  for (const { lumaEventId, field, value } of witness.counts.overwritten) {
    if (isFieldHidden(play, lumaEventId, field)) continue;
    const [eventId] = [...tables.eventLinks].find(([, link]) => link.lumaEventId === lumaEventId) ?? [];
    const isKept = tables.conflicts.some(
      (conflict) => conflict.recordId === eventId && conflict.field === field && isSame(field, conflict.theirs, value),
    );
    if (!isKept)
      verdict.forgotten.push(`${field} of ${lumaEventId}: ${JSON.stringify(value)} was replaced without a conflict`);
  }
}

/** An event of ours and its link, in the run that is checked. */
interface ComparedPair {
  play: Play;
  said: SaidBySides;
  event: EventRow;
  link: EventLink;
  verdict: Verdict;
}

function checkPair(play: Play, said: SaidBySides, event: EventRow, link: EventLink, verdict: Verdict): void {
  const theirs = play.luma.world.events.get(link.lumaEventId ?? '');
  if (theirs === undefined) {
    if (link.state !== 'source_deleted') verdict.diverged.push(`event ${event.id} is gone at Luma, and not here`);
    return;
  }
  // It waits, says so and is listed, until Luma shows it otherwise; and it is not gone.
  if (isUnreadEvent(play, theirs.id)) {
    if (link.state === 'source_deleted') verdict.diverged.push(`event ${event.id} is unread at Luma, and gone here`);
    return;
  }
  const isUnseen = link.lastError?.code === 'event.not_shown' && mayNotBeShown(play, theirs.id);
  if ((link.state === 'pending_push' || link.state === 'push_failed') && !isUnseen)
    verdict.diverged.push(`event ${event.id} is still ${link.state} ${link.lastError?.code ?? ''}`);
  const ours = toEventState(event);
  const there = fieldsAtLuma(theirs);
  const isCapacityShown = play.luma.world.settings.events.hasCapacity;
  for (const field of EVENT_FIELDS) {
    // Luma always shows some cover, ours or one of its own; covers have tests of their own.
    if (field === 'cover' || isFieldHidden(play, theirs.id, field)) continue;
    // A capacity Luma never shows and the app never named is nobody's.
    const isNamed = said.app.has(`${event.id} capacity`);
    if (field === 'capacity' && !isCapacityShown && event.source === 'luma' && !isNamed) continue;
    if (isListed(link, field, ours[field], there[field])) continue;
    if (!isSame(field, ours[field], there[field])) {
      verdict.diverged.push(
        `${field} of event ${event.id}: ${JSON.stringify(ours[field])} here, ${JSON.stringify(there[field])} at Luma`,
      );
    } else checkWinner({ play, said, event, link, verdict }, field, ours[field]);
  }
}

/**
 * The event says that Luma holds this very value and why ours is not there: what Luma's API cannot empty stays until a
 * host empties it.
 */
function isListed({ base }: EventLink, field: EventField, ours: unknown, there: unknown): boolean {
  const difference = base?.notAtLuma?.[field];
  if (difference === undefined || !isSame(field, base?.ours[field], ours)) return false;
  if (difference.why === 'cannot_be_emptied' && ours !== null) return false;
  return isSame(field, base?.luma[field], there) && !isSame(field, ours, there);
}

/** No value comes back that both sides have left behind, and the app's newest word stays on what the app owns. */
function checkWinner(
  { play: { witness }, said, event, link, verdict }: ComparedPair,
  field: EventField,
  value: unknown,
): void {
  const app = said.app.get(`${event.id} ${field}`)?.at(-1);
  const key = `${link.lumaEventId} ${field}`;
  const words = said.host.get(key) ?? [];
  // Of those that nobody may have seen the one before counts as well.
  const host = words.findLast(({ at }) => !witness.lostWords.has(`${key} ${at}`));
  const counting = [...words, ...(witness.lateWords.get(key) ?? [])].filter(({ at }) => at >= (host?.at ?? 0));
  const isApps = app !== undefined && isSame(field, app.value, value);
  const agreeing = counting.filter((word) => isSame(field, word.value, value));
  const isHosts = agreeing.length > 0;
  if ((app !== undefined || host !== undefined) && !isApps && !isHosts)
    verdict.diverged.push(
      `${field} of event ${event.id} is ${JSON.stringify(value)}: last said ${JSON.stringify(app?.value)} by ` +
        `the app, ${JSON.stringify(host?.value)} by the host`,
    );
  // What was taken back before it travelled is no word of the app's: the host's stays.
  const isWord = app !== undefined && !(app.isBack === true && isHosts);
  if (event.source === 'app' && isWord && !isApps && agreeing.every(({ at }) => app.at > at))
    verdict.diverged.push(
      `${field} of event ${event.id}: the app owns it, spoke last (${JSON.stringify(app.value)}) and lost to ` +
        `${JSON.stringify(value)}`,
    );
}

function isSame(field: EventField, a: unknown, b: unknown): boolean {
  if (field !== 'description') return isSameValue(a, b);
  return asRead(a) === asRead(b);
}

/** Our text as Luma's editor leaves it. */
const asRead = (text: unknown): string | null => plainMarkdown(playThroughEditor((text as string | null) ?? ''));
