import { normalizeEmail } from '@luma-sync/domain';
import { asUuid } from '../app-events/event-key.js';
import type { Db } from '../database.js';
import type { Person } from '../generated/client.js';
import { type AppPersonInput, type PersonFields, type PersonPlan, planPerson } from './person-plan.js';

/** Finds a person by the app's id, else by ours. The app's id goes first, should it be a uuid too. */
export async function findPersonByKey(db: Db, key: string): Promise<Person | null> {
  const byExternalId = await db.person.findUnique({ where: { externalId: key } });
  const id = asUuid(key);
  if (byExternalId !== null || id === null) return byExternalId;
  return db.person.findUnique({ where: { id } });
}

/** Both looks in one statement. */
async function findBoth(tx: Db, key: string, email: string): Promise<{ byKey: Person | null; byEmail: Person | null }> {
  const rows = await tx.$queryRaw<Person[]>`
    select id, external_id as "externalId", name, email, phone, origin::text as origin, created_at as "createdAt", updated_at as "updatedAt"
    from people where external_id = ${key} or email = ${email} or id = ${asUuid(key)}::uuid`;
  const byExternalId = rows.find((row) => row.externalId === key);
  const byId = rows.find((row) => row.id === asUuid(key)?.toLowerCase());
  return { byKey: byExternalId ?? byId ?? null, byEmail: rows.find((row) => row.email === email) ?? null };
}

export type StoredPerson =
  | { kind: 'stored'; id: string; plan: Exclude<PersonPlan, { kind: 'email-taken' }>['kind']; isChanged: boolean }
  | { kind: 'email-taken' };

/** Creates, changes or merges the person the app speaks of, in the caller's transaction. */
export async function storePerson(tx: Db, key: string, wanted: AppPersonInput): Promise<StoredPerson> {
  const email = normalizeEmail(wanted.email);
  const { byKey, byEmail } = await findBoth(tx, key, email);
  const plan = planPerson(wanted, byKey, byEmail);
  switch (plan.kind) {
    case 'email-taken':
      return { kind: 'email-taken' };
    case 'create': {
      return { kind: 'stored', id: await createPerson(tx, key, plan.fields), plan: plan.kind, isChanged: true };
    }
    case 'take-over':
      await tx.person.update({ where: { id: plan.id }, data: { ...plan.changes, externalId: key } });
      return { kind: 'stored', id: plan.id, plan: plan.kind, isChanged: Object.keys(plan.changes).length > 0 };
    case 'absorb':
      if (!(await absorb(tx, plan.id, plan.absorbedId))) return { kind: 'email-taken' };
      await tx.person.update({ where: { id: plan.id }, data: plan.changes });
      return { kind: 'stored', id: plan.id, plan: plan.kind, isChanged: true };
    case 'update': {
      const isChanged = Object.keys(plan.changes).length > 0;
      if (isChanged) await tx.person.update({ where: { id: plan.id }, data: plan.changes });
      return { kind: 'stored', id: plan.id, plan: plan.kind, isChanged };
    }
  }
}

async function createPerson(tx: Db, key: string, { name, email, phone }: PersonFields): Promise<string> {
  const [row] = await tx.$queryRaw<{ id: string }[]>`
    insert into people (external_id, name, email, phone, origin) values (${key}, ${name}, ${email}, ${phone}, 'app') returning id`;
  if (row === undefined) throw new Error('an insert with returning gave no row');
  return row.id;
}

/**
 * Moves the answers and coupons of one person to another and removes the first.
 * @returns false, nothing moved, when both answered the same event or hold a code of the same pool: which one counts is not ours to guess.
 */
async function absorb(tx: Db, keptId: string, absorbedId: string): Promise<boolean> {
  const [{ overlaps } = { overlaps: 0 }] = await tx.$queryRaw<{ overlaps: number }[]>`
    select ((select count(*) from rsvps a join rsvps b using (event_id) where a.person_id = ${keptId}::uuid and b.person_id = ${absorbedId}::uuid)
      + (select count(*) from coupon_assignments a join coupon_assignments b using (pool_id)
         where a.person_id = ${keptId}::uuid and b.person_id = ${absorbedId}::uuid))::int as overlaps`;
  if (overlaps > 0) return false;
  await tx.rsvp.updateMany({ where: { personId: absorbedId }, data: { personId: keptId } });
  await tx.couponAssignment.updateMany({ where: { personId: absorbedId }, data: { personId: keptId } });
  await tx.person.delete({ where: { id: absorbedId } });
  return true;
}
