import type { EventFieldRule } from './field-rules.js';

/**
 * What our row says of an event and Luma alone decides: read along with the other fields, never sent, so that there is
 * nothing to merge. The table in docs/sync-rules.md shows them below the fields that are merged.
 */
export const FOLLOWED_FIELD_RULES: Readonly<
  Record<
    'locationType' | 'url' | 'city' | 'country' | 'registrationQuestions' | 'hosts',
    Pick<EventFieldRule, 'writers' | 'wins' | 'sameness'>
  >
> = {
  locationType: {
    writers: 'app; at Luma it follows from address, coordinate and meeting link, and is not writable',
    wins:
      'the app’s word, until what is taken over from Luma makes it another kind of place; Luma’s of an ' +
      'event that is only followed',
    sameness: '`offline` is physical, `missing` is tbd, every kind of call or stream is online',
  },
  url: {
    writers: 'Luma; a host may choose another address',
    wins: 'Luma’s',
    sameness: 'the same last part, on either of Luma’s hosts',
  },
  city: { writers: 'Luma, which derives it from the address', wins: 'Luma’s', sameness: 'the same value' },
  country: { writers: 'Luma, which derives it from the address', wins: 'Luma’s', sameness: 'the same value' },
  registrationQuestions: { writers: 'Luma, on its own page', wins: 'Luma’s', sameness: 'the same questions, in order' },
  hosts: {
    writers: 'Luma for its own hosts, the app for the one it names; neither is sent to the other side',
    wins: 'Luma’s newest name and address of its hosts; the app’s of the host it names',
    sameness: 'the same id at Luma, name and mail address',
  },
};
