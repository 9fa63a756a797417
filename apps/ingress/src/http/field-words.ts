import type { z } from 'zod';

/** What the schema library calls things that callers know by another name. */
const KINDS: Record<string, string> = {
  string: 'text',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
  array: 'a list',
  object: 'an object',
};

const FORMATS: Record<string, string> = {
  datetime: 'must be a moment with its zone, such as 2027-01-05T18:00:00+05:30',
  email: 'must be a mail address, such as name@example.org',
  uuid: 'must be an id (a UUID)',
};

/** Says of one fault what to do about it. Messages that a schema of ours brings along stay as they are. */
export function toFieldWords(issue: z.core.$ZodIssue): string {
  const isMissing = 'input' in issue && issue.input === undefined;
  switch (issue.code) {
    case 'invalid_type':
      if (isMissing) return 'is missing';
      return KINDS[issue.expected] === undefined ? issue.message : `must be ${KINDS[issue.expected]}`;
    case 'invalid_value': {
      const choices = issue.values.map(String).join(', ');
      return isMissing ? `is missing: one of ${choices}` : `must be one of ${choices}`;
    }
    case 'invalid_format':
      return FORMATS[issue.format] ?? issue.message;
    default:
      return issue.message;
  }
}
