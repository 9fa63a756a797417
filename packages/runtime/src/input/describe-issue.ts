import type { z } from 'zod';

/** The names of zod's types as callers know them. */
const KINDS: Record<string, string> = {
  string: 'text',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
  array: 'a list',
  tuple: 'a list',
  object: 'an object',
  record: 'an object',
  map: 'an object',
  set: 'a list',
  date: 'a moment',
  bigint: 'a whole number',
  null: 'null',
  undefined: 'left out',
};

const FORMATS: Record<string, string> = {
  datetime: 'must be a moment with its zone, such as 2027-01-05T18:00:00+05:30',
  date: 'must be a day, such as 2027-01-05',
  time: 'must be a time of day, such as 18:00:00',
  email: 'must be a mail address, such as name@example.org',
  uuid: 'must be an id (a UUID)',
  guid: 'must be an id (a UUID)',
  url: 'must be an address that begins with https://',
};

/**
 * Completes the sentence that begins with a field's name, for each fault that zod can find: `startsAt is missing`. It
 * is passed to zod as `error`, so a schema's own message takes precedence. The value that was given is never repeated.
 */
export function describeIssue(issue: z.core.$ZodRawIssue): string {
  const isMissing = issue.input === undefined;
  switch (issue.code) {
    case 'invalid_type':
      return isMissing ? 'is missing' : `must be ${KINDS[issue.expected] ?? 'of another type'}`;
    case 'invalid_value': {
      const choices = issue.values.map(String).join(', ');
      const one = issue.values.length === 1 ? choices : `one of ${choices}`;
      return isMissing ? `is missing: ${one}` : `must be ${one}`;
    }
    case 'invalid_format':
      return FORMATS[issue.format] ?? 'has another form than is needed; see the documentation of the field';
    case 'too_small':
      return describeSize(issue.origin, Number(issue.minimum), issue.inclusive === false ? 'more than' : 'at least');
    case 'too_big':
      return describeSize(issue.origin, Number(issue.maximum), issue.inclusive === false ? 'less than' : 'at most');
    case 'not_multiple_of':
      return `must be a multiple of ${issue.divisor}`;
    case 'unrecognized_keys':
      return `must not have the unknown ${issue.keys.length === 1 ? 'field' : 'fields'} ${issue.keys.join(', ')}`;
    case 'invalid_union':
      return isMissing ? 'is missing' : 'has none of the allowed forms; see the documentation of the field';
    case 'invalid_key':
      return 'has a name that is not allowed';
    case 'invalid_element':
      return 'has an entry that is not allowed';
    default:
      return 'is not allowed; see the documentation of the field';
  }
}

function describeSize(origin: string, limit: number, relation: string): string {
  switch (origin) {
    case 'string':
      if (limit === 1 && relation === 'at least') return 'must not be empty';
      return `must have ${relation} ${counted(limit, 'character')}`;
    case 'array':
    case 'set':
    case 'map':
    case 'object':
      return `must have ${relation} ${limit === 1 ? '1 entry' : `${limit} entries`}`;
    default:
      return `must be ${relation} ${limit}`;
  }
}

const counted = (count: number, noun: string): string => `${count} ${noun}${count === 1 ? '' : 's'}`;
