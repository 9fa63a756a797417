import { describe, expect, it } from '@jest/globals';
import { type GuestKeys, identifyGuests, type PersonKeys, type RsvpKeys } from './match-guests.js';

const guest = (change: Partial<GuestKeys & { approvalStatus: string }> = {}) => ({
  lumaGuestId: 'gst-1',
  email: 'a@example.org',
  name: null,
  phone: null,
  approvalStatus: 'approved',
  ...change,
});
const rsvp = (change: Partial<RsvpKeys> = {}): RsvpKeys => ({
  rsvpId: 'r1',
  personId: 'p1',
  lumaGuestId: null,
  email: 'a@example.org',
  askedEmail: null,
  name: null,
  phone: null,
  isProven: true,
  lumaStatus: null,
  ...change,
});
const person = (change: Partial<PersonKeys> = {}): PersonKeys => ({
  id: 'p9',
  email: null,
  name: null,
  phone: null,
  isProven: true,
  ...change,
});

describe('who a guest at Luma is', () => {
  it.each([
    ['by Luma’s id before anything else', guest({ email: 'new@example.org' }), [rsvp({ lumaGuestId: 'gst-1' })], 'r1'],
    ['by mail', guest(), [rsvp()], 'r1'],
    [
      'by the mail we sent them under, though they have another one since',
      guest(),
      [rsvp({ email: 'b@example.org', askedEmail: 'a@example.org' })],
      'r1',
    ],
    [
      'by phone, when nobody knows a mail of theirs',
      guest({ phone: '+491' }),
      [rsvp({ email: null, phone: '+491' })],
      'r1',
    ],
    [
      'by phone and name, when they have another mail',
      guest({ phone: '+491', name: 'asha  rao' }),
      [rsvp({ email: 'b@x.org', phone: '+491', name: 'Asha Rao' })],
      'r1',
    ],
    [
      'by phone and first name, which is all that Luma may tell',
      guest({ phone: '+491', name: 'Asha' }),
      [rsvp({ email: 'b@x.org', phone: '+491', name: 'Asha Rao' })],
      'r1',
    ],
    [
      'by phone and name, when Luma shows no mail of theirs',
      guest({ email: null, phone: '+491', name: 'Asha' }),
      [rsvp({ phone: '+491', name: 'Asha Rao' })],
      'r1',
    ],
    [
      'by phone alone, when neither side knows a mail',
      guest({ email: null, phone: '+491' }),
      [rsvp({ email: null, phone: '+491' })],
      'r1',
    ],
    ['not by the lack of a mail on both sides', guest({ email: null }), [rsvp({ email: null })], null],
    [
      'not by a phone whose owner has another mail and another name',
      guest({ phone: '+491', name: 'Asha Rao' }),
      [rsvp({ email: 'b@x.org', phone: '+491', name: 'Ravi Rao' })],
      null,
    ],
    [
      'not by a phone whose owner has another mail, when a name is not known',
      guest({ phone: '+491' }),
      [rsvp({ email: 'b@x.org', phone: '+491', name: 'Asha Rao' })],
      null,
    ],
    [
      'not by phone and name while they are being added under their own mail',
      guest({ phone: '+491', name: 'Asha' }),
      [rsvp({ email: 'b@x.org', askedEmail: 'b@x.org', phone: '+491', name: 'Asha' })],
      null,
    ],
    [
      'not by a phone that two share',
      guest({ phone: '+491' }),
      [rsvp({ email: null, phone: '+491' }), rsvp({ rsvpId: 'r2', personId: 'p2', email: null, phone: '+491' })],
      null,
    ],
    [
      'by mail again after the entry we knew was refused: they came back under a new one',
      guest(),
      [rsvp({ lumaGuestId: 'gst-0', lumaStatus: 'declined' })],
      'r1',
    ],
  ])('%s', (_, seen, rsvps, expected) => {
    expect(identifyGuests([seen], rsvps, [])[0]?.rsvp?.rsvpId ?? null).toBe(expected);
  });

  it.each([
    ['the person we added under an address that they have left since, though linked to another entry', [], 'r1', 'p1'],
    ['the person who has that address by now', [person({ email: 'a@example.org' })], null, 'p9'],
  ])('another entry is of %s', (_, people, secondOf, personId) => {
    const moved = rsvp({ email: 'b@example.org', askedEmail: 'a@example.org', lumaGuestId: 'gst-0' });
    const [identity] = identifyGuests([guest()], [moved], people);
    expect(identity).toMatchObject({ rsvp: null, personId });
    expect(identity?.secondOf?.rsvpId ?? null).toBe(secondOf);
  });

  it('tells of a second entry of a person, and leaves the RSVP with the first', () => {
    const [first, second] = identifyGuests(
      [guest(), guest({ lumaGuestId: 'gst-2' })],
      [rsvp({ lumaGuestId: 'gst-1', lumaStatus: 'approved' })],
      [],
    );
    expect(first).toMatchObject({ rsvp: { rsvpId: 'r1' }, secondOf: null });
    expect(second).toMatchObject({ rsvp: null, personId: 'p1', secondOf: { rsvpId: 'r1' } });
  });

  it('does not move an RSVP to an entry that was refused as well', () => {
    const [match] = identifyGuests(
      [guest({ approvalStatus: 'declined' })],
      [rsvp({ lumaGuestId: 'gst-0', lumaStatus: 'declined' })],
      [],
    );
    expect(match).toMatchObject({ rsvp: null, secondOf: { rsvpId: 'r1' } });
  });

  it('finds a person without an RSVP by mail, then by phone', () => {
    const people = [person({ id: 'by-phone', phone: '+491' }), person({ id: 'by-mail', email: 'a@example.org' })];
    expect(identifyGuests([guest({ phone: '+491' })], [], people)[0]?.personId).toBe('by-mail');
    expect(identifyGuests([guest({ phone: '+491', email: 'c@x.org' })], [], people)[0]?.personId).toBe('by-phone');
    expect(identifyGuests([guest({ email: 'c@x.org' })], [], people)[0]?.personId).toBeNull();
    const named = [person({ id: 'by-name', email: 'b@x.org', name: 'Asha Rao', phone: '+491' })];
    const seen = (name: string) => identifyGuests([guest({ phone: '+491', name })], [], named)[0]?.personId;
    expect([seen('Asha'), seen('Ravi')]).toEqual(['by-name', null]);
  });
});
