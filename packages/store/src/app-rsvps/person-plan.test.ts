import { describe, expect, it } from '@jest/globals';
import type { Person } from '../generated/client.js';
import { planPerson } from './person-plan.js';
import { normalizePhone } from './phone.js';

const person = (over: Partial<Person> = {}): Person => ({
  id: 'p1',
  externalId: 'user-1',
  name: 'Asha',
  email: 'asha@example.org',
  phone: '+919845012345',
  origin: 'app',
  createdAt: new Date(0),
  updatedAt: new Date(0),
  ...over,
});
const wanted = { name: 'Asha', email: ' Asha@Example.org ', phone: '+919845012345' };
const fromLuma = person({ id: 'p2', externalId: null, origin: 'luma', name: 'asha r' });

describe('planPerson', () => {
  it('creates somebody nobody knows, with the mail in its one spelling', () => {
    expect(planPerson(wanted, null, null)).toEqual({
      kind: 'create',
      fields: { name: 'Asha', email: 'asha@example.org', phone: '+919845012345' },
    });
  });

  it('changes nothing for the same person said again', () => {
    expect(planPerson(wanted, person(), person())).toEqual({ kind: 'update', id: 'p1', changes: {} });
  });

  it('changes only what differs, and leaves the phone when none is named', () => {
    expect(planPerson({ name: 'Asha R', email: 'asha@example.org' }, person(), person())).toEqual({
      kind: 'update',
      id: 'p1',
      changes: { name: 'Asha R' },
    });
    expect(planPerson({ ...wanted, phone: null }, person(), person())).toMatchObject({ changes: { phone: null } });
  });

  it('takes over somebody known only from Luma who signs up', () => {
    expect(planPerson(wanted, null, fromLuma)).toEqual({ kind: 'take-over', id: 'p2', changes: { name: 'Asha' } });
  });

  it('absorbs somebody known only from Luma when the app’s person gets their mail', () => {
    const before = person({ email: 'old@example.org' });
    expect(planPerson(wanted, before, fromLuma)).toEqual({
      kind: 'absorb',
      id: 'p1',
      absorbedId: 'p2',
      changes: { email: 'asha@example.org' },
    });
  });

  it.each([
    ['an app person', person({ id: 'p3', externalId: 'user-3' })],
    ['a Luma person whom another sign-up took over', person({ id: 'p3', externalId: 'user-3', origin: 'luma' })],
  ])('refuses a mail that %s has', (_who, other) => {
    expect(planPerson(wanted, null, other)).toEqual({ kind: 'email-taken', byId: 'p3' });
    expect(planPerson(wanted, person(), other)).toEqual({ kind: 'email-taken', byId: 'p3' });
  });

  it('lets a person known by our own id, who has none at the app, be changed in place', () => {
    expect(planPerson(wanted, fromLuma, fromLuma)).toEqual({ kind: 'update', id: 'p2', changes: { name: 'Asha' } });
  });
});

describe('normalizePhone', () => {
  it.each([
    ['+91 98450 12345', '+919845012345'],
    [' +1 (415) 555-2671 ', '+14155552671'],
    ['98450 12345', null],
    ['+91 12', null],
    ['call me', null],
  ])('%s: %s', (text, expected) => {
    expect(normalizePhone(text)).toBe(expected);
  });
});
