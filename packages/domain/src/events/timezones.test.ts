import { describe, expect, it } from '@jest/globals';
import { findTimezone, nearestTimezones } from './timezones.js';

describe('the name of a time zone', () => {
  it.each([
    ['Europe/Berlin', 'Europe/Berlin'],
    ['europe/berlin', 'Europe/Berlin'],
    [' EUROPE/BERLIN ', 'Europe/Berlin'],
    ['Asia/Kolkata', 'Asia/Kolkata'],
    ['asia/kolkata', 'Asia/Kolkata'],
    ['america/argentina/buenos_aires', 'America/Argentina/Buenos_Aires'],
    ['us/pacific', 'US/Pacific'],
    ['etc/gmt+5', 'Etc/GMT+5'],
    ['Brazil/DeNoronha', 'Brazil/DeNoronha'],
    ['brazil/denoronha', 'Brazil/DeNoronha'],
    ['Chile/EasterIsland', 'Chile/EasterIsland'],
    ['Mexico/BajaNorte', 'Mexico/BajaNorte'],
    ['Mexico/BajaSur', 'Mexico/BajaSur'],
    ['America/Argentina/ComodRivadavia', 'America/Argentina/ComodRivadavia'],
    ['america/knox_in', 'America/Knox_IN'],
    ['australia/act', 'Australia/ACT'],
    ['Australia/NSW', 'Australia/NSW'],
    ['Australia/LHI', 'Australia/LHI'],
    ['Etc/UCT', 'UTC'],
    ['Etc/Universal', 'UTC'],
    ['SystemV/EST5', null],
    ['Etc/Unknown', null],
    ['Japan', 'Asia/Tokyo'],
    ['utc', 'UTC'],
    ['GMT', 'UTC'],
    ['IST', null],
    ['PST', null],
    ['est5edt', null],
    ['Berlin', null],
    ['Europe/Berln', null],
    ['+05:30', null],
    ['Asia/Kolkata; drop', null],
    ['', null],
    ['x'.repeat(65), null],
  ])('%p is %p', (given, name) => {
    expect(findTimezone(given)).toBe(name);
  });

  it.each([
    ['IST', ['Asia/Kolkata', 'Europe/Dublin', 'Asia/Jerusalem']],
    ['pst8pdt', ['America/Los_Angeles', 'Asia/Manila']],
    ['nonsense/xyzzy', []],
  ])('%p may mean %j', (given, names) => {
    expect(nearestTimezones(given)).toEqual(names);
  });

  it.each([
    ['Europe/Berln', 'Europe/Berlin'],
    ['Berlin', 'Europe/Berlin'],
    ['America/New York', 'America/New_York'],
    ['new york', 'America/New_York'],
  ])('%p is nearest to %p', (given, name) => {
    expect(nearestTimezones(given)[0]).toBe(name);
  });
});
