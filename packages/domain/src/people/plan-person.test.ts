import { describe, expect, it } from '@jest/globals';
import type { PersonRecord } from './person.js';
import { planPerson } from './plan-person.js';

const person = (over: Partial<PersonRecord> = {}): PersonRecord => ({
  id: 'p1',
  externalId: 'user-1',
  name: 'Asha',
  email: 'asha@example.org',
  emailVerified: false,
  claimedEmail: null,
  phone: '+919845012345',
  origin: 'app',
  ...over,
});
const wanted = { name: 'Asha', email: ' Asha@Example.org ', phone: '+919845012345' };
const proven = { ...wanted, emailVerified: true };
const fromLuma = person({ id: 'p2', externalId: null, origin: 'luma', name: 'asha r' });
const nobody = { byKey: null, byEmail: null, byClaim: null };

describe('planPerson', () => {
  it('creates somebody nobody knows, with the mail in its one spelling', () => {
    const fields = { name: 'Asha', email: 'asha@example.org', claimedEmail: null, phone: '+919845012345' };
    const plan = { kind: 'create', releasesId: null };
    expect(planPerson(wanted, nobody)).toEqual({ ...plan, fields: { ...fields, emailVerified: false } });
    expect(planPerson(proven, nobody)).toEqual({ ...plan, fields: { ...fields, emailVerified: true } });
  });

  it('changes nothing for the same person said again, and keeps what was proven of the same address', () => {
    const update = { kind: 'update', id: 'p1', changes: {}, releasesId: null };
    const [known, verified] = [person(), person({ emailVerified: true })];
    expect(planPerson(wanted, { ...nobody, byKey: known, byEmail: known })).toEqual(update);
    expect(planPerson(wanted, { ...nobody, byKey: verified, byEmail: verified })).toEqual(update);
    expect(planPerson(proven, { ...nobody, byKey: known, byEmail: known })).toMatchObject({
      changes: { emailVerified: true },
    });
    expect(planPerson({ ...wanted, email: 'new@example.org' }, { ...nobody, byKey: verified })).toMatchObject({
      changes: { email: 'new@example.org', emailVerified: false },
    });
  });

  it('changes only what differs, and leaves the phone when none is named', () => {
    const known = { ...nobody, byKey: person(), byEmail: person() };
    expect(planPerson({ name: 'Asha R', email: 'asha@example.org' }, known)).toMatchObject({
      kind: 'update',
      id: 'p1',
      changes: { name: 'Asha R' },
    });
    expect(planPerson({ ...wanted, phone: null }, known)).toMatchObject({ changes: { phone: null } });
  });

  it('takes over somebody known only from Luma who signs up with proof', () => {
    expect(planPerson(proven, { ...nobody, byEmail: fromLuma })).toEqual({
      kind: 'take-over',
      id: 'p2',
      changes: { name: 'Asha', emailVerified: true },
    });
  });

  it('absorbs somebody known only from Luma when the app’s person has proof of their mail', () => {
    const before = person({ email: 'old@example.org' });
    expect(planPerson(proven, { ...nobody, byKey: before, byEmail: fromLuma })).toEqual({
      kind: 'absorb',
      id: 'p1',
      absorbedId: 'p2',
      changes: { email: 'asha@example.org', emailVerified: true },
    });
    const claimed = person({ email: null, claimedEmail: 'asha@example.org' });
    expect(planPerson(proven, { ...nobody, byKey: claimed, byEmail: fromLuma })).toMatchObject({
      kind: 'absorb',
      changes: { email: 'asha@example.org', emailVerified: true, claimedEmail: null },
    });
  });

  it('keeps the mail of somebody known from Luma as a claim when there is no proof', () => {
    expect(planPerson(wanted, { ...nobody, byEmail: fromLuma })).toMatchObject({
      kind: 'create',
      fields: { email: null, claimedEmail: 'asha@example.org', emailVerified: false },
    });
    const claimed = person({ email: null, claimedEmail: 'asha@example.org' });
    const again = { ...nobody, byKey: claimed, byEmail: fromLuma };
    expect(planPerson(wanted, again)).toEqual({ kind: 'update', id: 'p1', changes: {}, releasesId: null });
    // Nobody has it any more.
    expect(planPerson(wanted, { ...nobody, byKey: claimed })).toMatchObject({
      changes: { email: 'asha@example.org', claimedEmail: null },
    });
  });

  it.each([
    ['an app person', person({ id: 'p3', externalId: 'user-3' })],
    ['a Luma person whom another sign-up took over', person({ id: 'p3', externalId: 'user-3', origin: 'luma' })],
  ])('refuses a mail that %s has, unless there is proof on one side alone', (_who, other) => {
    const taken = { kind: 'email-taken', byId: 'p3' };
    expect(planPerson(wanted, { ...nobody, byEmail: other })).toEqual(taken);
    expect(planPerson(wanted, { ...nobody, byKey: person({ email: null }), byEmail: other })).toEqual(taken);
    expect(planPerson(proven, { ...nobody, byEmail: { ...other, emailVerified: true } })).toEqual(taken);
    expect(planPerson(proven, { ...nobody, byEmail: other })).toMatchObject({ kind: 'create', releasesId: 'p3' });
  });

  it('refuses a second claim, and lets proof go before it', () => {
    const other = person({ id: 'p3', externalId: 'user-3', email: null, claimedEmail: 'asha@example.org' });
    const known = { ...nobody, byEmail: fromLuma, byClaim: other };
    expect(planPerson(wanted, known)).toEqual({ kind: 'email-taken', byId: 'p3' });
    expect(planPerson(proven, known)).toMatchObject({ kind: 'take-over', id: 'p2' });
    expect(planPerson(wanted, { ...nobody, byClaim: other })).toEqual({ kind: 'email-taken', byId: 'p3' });
  });

  it('lets a person known by our own id, who has none at the app, be changed in place', () => {
    expect(planPerson(wanted, { ...nobody, byKey: fromLuma, byEmail: fromLuma })).toMatchObject({
      kind: 'update',
      id: 'p2',
      changes: { name: 'Asha' },
    });
  });
});
