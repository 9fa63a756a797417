import { toAddressDigest } from '@luma-sync/domain';
import { lockPeople } from '../app-rsvps/lock-people.js';
import { absorbPerson } from '../app-rsvps/merge-person.js';
import type { Db } from '../database.js';
import type { Person } from '../generated/client.js';
import { CLOCKS_APART_MS, type GuestMatch, type LumasPerson } from './match.js';
import type { GuestWrite } from './write-guests.js';

/** Somebody known from Luma alone, of whom Luma shows something else by now. */
interface Change {
  match: GuestMatch & { personId: string };
  name: string | null;
  phone: string | null;
  /** Null when the entry is under the same address as before. */
  email: string | null;
}

/**
 * What Luma shows last of a person is theirs, where Luma is all that we know of them. An address that they have left is free for its owner. One that
 * somebody else has already makes both one person, as a sign-up under it would; where that cannot be, the guest goes without an address.
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
  if (isOlder(observedAt, lumas)) return null;
  const base = rsvp.link?.base ?? null;
  const isNews = base === null || plan.base.digest !== base.digest;
  const name = isNews ? (guest.name ?? lumas.name) : lumas.name;
  const phone = isNews ? (guest.phone ?? lumas.phone) : lumas.phone;
  const shownBefore = base?.address ?? toAddressDigest(lumas.email);
  const hasMoved = guest.email !== null && guest.email !== lumas.email && shownBefore !== toAddressDigest(guest.email);
  if (name === lumas.name && phone === lumas.phone && !hasMoved) return null;
  return { match: match as Change['match'], name, phone, email: hasMoved ? guest.email : null };
}

/** A moment ahead of our clock orders nothing. */
function isOlder(observedAt: Date, { observedAt: lastSeenAt }: LumasPerson): boolean {
  return lastSeenAt !== null && lastSeenAt > observedAt && lastSeenAt.getTime() <= Date.now() + CLOCKS_APART_MS;
}

async function takeAddress(tx: Db, match: Change['match'], email: string): Promise<void> {
  const holder = await tx.person.findUnique({ where: { email } });
  if (holder !== null && !isProven(holder))
    await tx.person.update({ where: { id: holder.id }, data: { claimedEmail: email, email: null } });
  if (holder === null || !isProven(holder)) {
    // Merged away by an earlier guest of this page, perhaps.
    await tx.person.updateMany({ where: { id: match.personId }, data: { email } });
    return;
  }
  const pair = { keptId: holder.id, absorbedId: match.personId };
  if (await absorbPerson(tx, { ...pair, actor: 'luma-sync' })) match.personId = holder.id;
}

const isProven = ({ emailVerified, origin, externalId }: Person): boolean =>
  emailVerified || (origin === 'luma' && externalId === null);
