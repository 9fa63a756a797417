import { describe, expect, it } from '@jest/globals';
import type { EventState } from '@luma-sync/domain';
import { FieldsRefusedError, PermanentError, RetryableError } from '@luma-sync/jobs';
import { CREATE_NEEDS } from '../event-create/create-at-address.js';
import { withoutRefused } from './refusals.js';

const STATE: Partial<EventState> = { title: 'T', description: 'D', meetingUrl: 'x', timezone: 'Z', capacity: 5 };
const NAMES = { title: 'name', description: 'description_md', meetingUrl: 'meeting_url', timezone: 'timezone' };

const refusalOf = (...names: string[]) =>
  new FieldsRefusedError(
    'luma.rejected',
    'refused',
    names.map((name) => ({ name, path: name, message: `${name} is bad` })),
  );

/** Luma, refusing one of these fields at a time. */
function refusing(...fields: (keyof typeof NAMES)[]) {
  const requests: string[][] = [];
  const request = async (state: Partial<EventState>) => {
    requests.push(Object.keys(state));
    const field = fields.find((name) => name in state);
    if (field !== undefined) throw refusalOf(NAMES[field]);
    return 'accepted';
  };
  return { requests, request };
}

describe('a request of which Luma refuses a field', () => {
  it('is made once more without it, and tells Luma’s words', async () => {
    const { requests, request } = refusing('meetingUrl');
    await expect(withoutRefused(STATE, [], request)).resolves.toEqual({
      result: 'accepted',
      state: { title: 'T', description: 'D', timezone: 'Z', capacity: 5 },
      refused: { meetingUrl: { why: 'refused', message: 'meeting_url is bad' } },
    });
    expect(requests).toHaveLength(2);
  });

  it('costs one more request for each field at most', async () => {
    const { requests, request } = refusing('meetingUrl', 'description', 'timezone');
    const { refused } = await withoutRefused(STATE, [], request);
    expect(Object.keys(refused)).toEqual(['meetingUrl', 'description', 'timezone']);
    expect(requests).toHaveLength(4);
  });

  it('costs five more requests at most', async () => {
    let requests = 0;
    const all = { ...STATE, visibility: 'public', address: 'A', coordinate: { lat: 1, lng: 2 } } as const;
    const names = ['name', 'description_md', 'meeting_url', 'timezone', 'max_capacity', 'visibility', 'coordinate'];
    const request = async () => {
      requests += 1;
      throw refusalOf(names[requests - 1] ?? '');
    };
    await expect(withoutRefused(all, [], request)).rejects.toMatchObject({ code: 'luma.rejected' });
    expect(requests).toBe(6);
  });

  it('fails when it cannot do without the field, though another could be left out', async () => {
    const request = async () => {
      throw refusalOf('name', 'meeting_url');
    };
    await expect(withoutRefused(STATE, CREATE_NEEDS, request)).rejects.toMatchObject({ code: 'luma.rejected' });
  });

  it.each([
    ['no field', new PermanentError('luma.rejected', 'POST /v1/events/update: This URL is already taken.')],
    ['a field that was not sent', refusalOf('event_id')],
    ['a word that is no field', new PermanentError('luma.rejected', 'POST /v1/events/update: The name is odd')],
    ['another code', new PermanentError('luma.forbidden', 'meeting_url')],
    ['an outage', new RetryableError('luma.unavailable', 'meeting_url')],
  ])('fails as it is when the answer names %s', async (_, error) => {
    const { requests, request } = refusing();
    await expect(
      withoutRefused(STATE, [], async (state) => {
        await request(state);
        throw error;
      }),
    ).rejects.toBe(error);
    expect(requests).toHaveLength(1);
  });

  it('finds a field that is named in a sentence', async () => {
    const error = new PermanentError('luma.rejected', 'POST /v1/events/update: meeting_url must be a URL');
    let isFirst = true;
    const { refused } = await withoutRefused(STATE, [], async () => {
      if (!isFirst) return;
      isFirst = false;
      throw error;
    });
    expect(refused).toEqual({ meetingUrl: { why: 'refused', message: error.message } });
  });
});
