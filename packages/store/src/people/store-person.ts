import {
  type AppPersonInput,
  type KnownPeople,
  normalizeEmail,
  type PersonFields,
  type PersonPlan,
  planPerson,
} from '@luma-sync/domain';
import { asUuid } from '../as-uuid.js';
import type { Db } from '../database.js';
import type { Person } from '../generated/client.js';
import { lockPeople } from './lock-people.js';
import { absorbPerson, releaseEmail } from './merge-person.js';

/** Finds a person by the app's id, else by ours. The app's id goes first, should it be a uuid too. */
export async function findPersonByKey(db: Db, key: string): Promise<Person | null> {
  const byExternalId = await db.person.findUnique({ where: { externalId: key } });
  const id = asUuid(key);
  if (byExternalId !== null || id === null) return byExternalId;
  return db.person.findUnique({ where: { id } });
}

/** All looks in one statement. */
async function findKnown(tx: Db, key: string, email: string): Promise<KnownPeople> {
  const rows = await tx.$queryRaw<Person[]>`
    select id, external_id as "externalId", name, email, email_verified as "emailVerified", claimed_email as
      "claimedEmail", phone,
      origin::text as origin, created_at as "createdAt", updated_at as "updatedAt"
    from people where external_id = ${key} or email = ${email} or claimed_email = ${email} or id = ${asUuid(key)}::uuid
    order by created_at, id`;
  const byExternalId = rows.find((row) => row.externalId === key);
  const byId = rows.find((row) => row.id === asUuid(key)?.toLowerCase());
  const byKey = byExternalId ?? byId ?? null;
  return {
    byKey,
    byEmail: rows.find((row) => row.email === email) ?? null,
    byClaim: rows.find((row) => row.claimedEmail === email && row.id !== byKey?.id) ?? null,
  };
}

export type StoredPerson =
  | { kind: 'stored'; id: string; plan: Exclude<PersonPlan, { kind: 'email-taken' }>['kind']; isChanged: boolean }
  | { kind: 'email-taken' };

/** Creates, changes or merges the person the app speaks of, in the caller's transaction. */
export async function storePerson(tx: Db, key: string, wanted: AppPersonInput, actor: string): Promise<StoredPerson> {
  const email = normalizeEmail(wanted.email);
  await lockPeople(tx, [key, email]);
  const plan = planPerson(wanted, await findKnown(tx, key, email));
  switch (plan.kind) {
    case 'email-taken':
      return { kind: 'email-taken' };
    case 'create': {
      if (plan.releasesId !== null) await releaseEmail(tx, plan.releasesId);
      return { kind: 'stored', id: await createPerson(tx, key, plan.fields), plan: plan.kind, isChanged: true };
    }
    case 'take-over':
      await tx.person.update({ where: { id: plan.id }, data: { ...plan.changes, externalId: key } });
      return { kind: 'stored', id: plan.id, plan: plan.kind, isChanged: Object.keys(plan.changes).length > 0 };
    case 'absorb':
      if (!(await absorbPerson(tx, { keptId: plan.id, absorbedId: plan.absorbedId, actor })))
        return { kind: 'email-taken' };
      await tx.person.update({ where: { id: plan.id }, data: plan.changes });
      return { kind: 'stored', id: plan.id, plan: plan.kind, isChanged: true };
    case 'update': {
      if (plan.releasesId !== null) await releaseEmail(tx, plan.releasesId);
      const isChanged = Object.keys(plan.changes).length > 0;
      if (isChanged) await tx.person.update({ where: { id: plan.id }, data: plan.changes });
      return { kind: 'stored', id: plan.id, plan: plan.kind, isChanged };
    }
  }
}

async function createPerson(tx: Db, key: string, person: PersonFields): Promise<string> {
  const { name, email, emailVerified, claimedEmail, phone } = person;
  const [row] = await tx.$queryRaw<{ id: string }[]>`
    insert into people (external_id, name, email, email_verified, claimed_email, phone, origin)
    values (${key}, ${name}, ${email}, ${emailVerified}, ${claimedEmail}, ${phone}, 'app') returning id`;
  if (row === undefined) throw new Error('an insert with returning gave no row');
  return row.id;
}
