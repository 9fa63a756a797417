import { describe, expect, it } from '@jest/globals';
import type { z } from 'zod';
import { Problem } from '../../http/problem.js';
import { parseBody } from '../../http/validate.js';
import { calendarInput } from './calendar.js';
import { eventInput } from './event.js';
import { rsvpInput } from './rsvp.js';

const event = {
  title: 'Drum circle',
  startsAt: '2027-01-05T18:00:00Z',
  endsAt: '2027-01-05T20:00:00Z',
  timezone: 'Asia/Kolkata',
};
const rsvp = { name: 'Ada', email: 'ada@example.org', status: 'going' };

/** What a caller is told, by field. */
function faultsOf(schema: z.ZodType, body: unknown): Record<string, string> {
  try {
    parseBody(schema, body);
    return {};
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    return Object.fromEntries(error.errors.map(({ path, message }) => [path, message]));
  }
}

describe('a mail address', () => {
  const host = (email: string) => ({ ...event, host: { externalId: 'h1', email, role: 'founder' } });

  it.each([
    ['a&b@example.org', 'a&b@example.org'],
    ['user/dept@example.org', 'user/dept@example.org'],
    ['Jürgen@example.org', 'jürgen@example.org'],
    ['user@example.xn--p1ai', 'user@example.xn--p1ai'],
    ['user@пример.рф', 'user@xn--e1afmkfd.xn--p1ai'],
    ['taro..yamada.@docomo.example', 'taro..yamada.@docomo.example'],
    ['a@my_host.example', 'a@my_host.example'],
  ])('that Luma shows is taken from an app, of a person and of a host: %s', (email, stored) => {
    expect(parseBody(rsvpInput, { ...rsvp, email })).toMatchObject({ email: stored });
    expect(parseBody(eventInput, host(email))).toMatchObject({ host: { email: stored } });
  });

  it.each(['a', 'a@b@example.org', 'A <a@example.org>', 'a,b@example.org', 'a@example', 'a\u0000@example.org'])(
    'that is none is refused, and said to be none: %j',
    (email) => {
      const message = 'must be a mail address, such as name@example.org';
      expect(faultsOf(rsvpInput, { ...rsvp, email })).toEqual({ email: message });
      expect(faultsOf(eventInput, host(email))).toEqual({ 'host.email': message });
    },
  );
});

describe('what a caller is told', () => {
  it.each([
    ['no moment', { startsAt: '2027-02-30T00:00:00Z' }, ['startsAt']],
    [
      'moments without a zone',
      { startsAt: '2027-01-05T18:00:00', endsAt: '2027-01-05T20:00:00' },
      ['startsAt', 'endsAt'],
    ],
    ['a year nobody plans for', { endsAt: '9999-01-05T18:00:00Z' }, ['endsAt']],
    ['an end before the start', { endsAt: '2027-01-05T17:00:00Z' }, ['endsAt']],
    ['no latitude', { location: { type: 'physical', lat: 91, lng: 0 } }, ['location.lat']],
    ['half a place', { location: { type: 'physical', lat: 9 } }, ['location.lat']],
    ['a cover that Luma does not take', { coverUrl: 'https://example.org/a.SVG?x=1' }, ['coverUrl']],
    ['a web address that is none', { coverUrl: 'ftp://x', meetingUrl: 'x' }, ['coverUrl', 'meetingUrl']],
  ])('an event with %s: the fields, never a failure of ours', (_what, over, paths) => {
    expect(Object.keys(faultsOf(eventInput, { ...event, ...over })).toSorted()).toEqual(paths.toSorted());
  });

  it('is said in words, and what is missing is called missing', () => {
    expect(
      faultsOf(eventInput, { startsAt: 'soon', endsAt: 7, tags: 'a', visibility: 'secret', calendarId: '7' }),
    ).toEqual({
      title: 'is missing',
      startsAt: 'must be a moment with its zone, such as 2027-01-05T18:00:00+05:30',
      endsAt: 'must be text',
      tags: 'must be a list',
      visibility: 'must be one of public, members-only, private',
      calendarId: 'must be an id (a UUID)',
    });
    expect(faultsOf(eventInput, [])).toEqual({ '': 'must be an object' });
    expect(faultsOf(rsvpInput, { email: 'x' })).toMatchObject({
      name: 'is missing',
      status: 'is missing: one of going, pending, interested, waitlist, rejected, cancelled',
    });
    expect(faultsOf(calendarInput, { name: 'x', kind: 'ical', icalUrl: 'x' })).toEqual({
      kind: 'must be one of luma, manual',
      icalUrl: 'feeds are not supported yet',
    });
  });

  it('of an RSVP names a wrong mail address together with the other faults', () => {
    expect(faultsOf(rsvpInput, { ...rsvp, email: 'nobody', phone: '12' })).toEqual({
      email: 'must be a mail address, such as name@example.org',
      phone: 'must be a phone number with its country code, such as +1 202 555 0123',
    });
    expect(faultsOf(rsvpInput, { ...rsvp, email: ' Ada@Example.ORG ' })).toEqual({});
    // Nobody's mistake in the form: the person has none, which is told apart.
    expect(faultsOf(rsvpInput, { ...rsvp, email: '' })).toEqual({});
    expect(faultsOf(rsvpInput, { ...rsvp, email: null })).toEqual({});
  });
});
