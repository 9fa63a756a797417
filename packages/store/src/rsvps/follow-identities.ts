import { type IdentityChange, isProven, planIdentityChange, rsvpLinks, toClaim } from '@luma-sync/domain';
import type { Db } from '../database.js';
import { lockPeople } from '../people/lock-people.js';
import { absorbPerson } from '../people/merge-person.js';
import type { GuestMatch } from './match-guests.js';
import type { GuestWrite } from './write-guests.js';

interface Change extends IdentityChange {
  match: GuestMatch & { personId: string };
}

/**
 * What Luma shows last of a person is theirs, where Luma is all that we know of them. An address that they have left is
 * free for its owner. One that somebody else has already makes both one person, as a sign-up under it would; where that
 * cannot be, the guest goes without an address.
 */
export async function followIdentities(tx: Db, writes: readonly GuestWrite[], observedAt: Date): Promise<void> {
  const changes = writes.flatMap((write) => toChange(write, observedAt) ?? []);
  if (changes.length === 0) return;
  await lockPeople(
    tx,
    changes.flatMap(({ email }) => email ?? []),
  );
  const moving = changes.filter(({ email }) => email !== null);
  // All of them first: two may have changed places.
  await tx.person.updateMany({
    where: { id: { in: moving.map(({ match }) => match.personId) } },
    data: { email: null },
  });
  for (const { match, name, phone } of changes)
    await tx.person.update({ where: { id: match.personId }, data: { name, phone } });
  for (const { match, email } of moving) if (email !== null) await takeAddress(tx, match, email);
}

function toChange({ match, plan }: GuestWrite, observedAt: Date): Change | null {
  const { guest, lumas, personId, rsvp } = match;
  // An entry that was just found by its address says the same address.
  if (lumas === null || rsvp === null || personId === null || rsvp.lumaGuestId !== guest.lumaGuestId) return null;
  if (!rsvpLinks.isNewest(lumas, observedAt, new Date())) return null;
  const change = planIdentityChange(lumas, rsvp.link?.base ?? null, { ...guest, digest: plan.base.digest });
  return change === null ? null : { match: match as Change['match'], ...change };
}

async function takeAddress(tx: Db, match: Change['match'], email: string): Promise<void> {
  const holder = await tx.person.findUnique({ where: { email } });
  if (holder !== null && !isProven(holder)) await tx.person.update({ where: { id: holder.id }, data: toClaim(holder) });
  if (holder === null || !isProven(holder)) {
    // Merged away by an earlier guest of this page, perhaps.
    await tx.person.updateMany({ where: { id: match.personId }, data: { email } });
    return;
  }
  const pair = { keptId: holder.id, absorbedId: match.personId };
  if (await absorbPerson(tx, { ...pair, actor: 'luma-sync' })) match.personId = holder.id;
}
