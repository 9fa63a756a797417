import { beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { Conflict } from '@luma-sync/client';
import { eventBody, openIngress, type TestIngress } from '../../test/open-ingress.js';

let ingress: TestIngress;
beforeAll(async () => {
  ingress = await openIngress();
});

let number = 0;
let key: string;
let eventId: string;
beforeEach(async () => {
  number += 1;
  key = `event-${number}`;
  eventId = (await ingress.call('PUT', `/v1/events/${key}`, { ...eventBody, title: 'Ours' })).body.event.id;
});

type NewConflict = Parameters<TestIngress['db']['conflict']['create']>[0]['data'];

const addConflict = async (over: Partial<NewConflict> = {}): Promise<string> => {
  const data = {
    recordType: 'event',
    recordId: eventId,
    field: 'title',
    base: 'Before',
    ours: 'Ours',
    theirs: 'Theirs',
    rule: 'owner_app',
    resolution: 'ours',
  };
  return (await ingress.db.conflict.create({ data: { ...data, ...over } })).id;
};
const resolve = (id: string, keep: string) => ingress.call('POST', `/v1/conflicts/${id}/resolve`, { keep });
const list = async (query = ''): Promise<Conflict[]> => (await ingress.call('GET', `/v1/conflicts?${query}`)).body.data;
const event = async () => (await ingress.call('GET', `/v1/events/${key}`)).body.event;
const story = async () =>
  (await ingress.call('GET', `/v1/events/${key}/timeline`)).body.data.map(
    ({ message }: { message: string }) => message,
  );

describe('conflicts over a field of an event', () => {
  it('are shown with both values and what stands there now', async () => {
    const id = await addConflict();
    expect((await ingress.call('GET', `/v1/conflicts/${id}`)).body.conflict).toEqual({
      id,
      recordType: 'event',
      event: key,
      personId: null,
      field: 'title',
      base: 'Before',
      ours: 'Ours',
      theirs: 'Theirs',
      kept: 'ours',
      rule: 'owner_app',
      current: 'Ours',
      createdAt: expect.any(String),
      resolvedAt: null,
      resolvedBy: null,
    });
  });

  it('a confirmed one changes nothing but that somebody looked', async () => {
    const id = await addConflict();
    const answer = await resolve(id, 'ours');
    expect(answer).toMatchObject({
      status: 202,
      body: { operation: null, conflict: { kept: 'ours', resolvedAt: expect.any(String), resolvedBy: 'app' } },
    });
    expect(await event()).toMatchObject({ title: 'Ours', revision: 1 });
    expect(await story()).toContain('The conflict over title was looked at and confirmed: our value stays.');
  });

  it('the other value is put in place as an edit that travels and mails nobody', async () => {
    const id = await addConflict();
    await ingress.db.operation.deleteMany({ where: { eventId } });
    const answer = await resolve(id, 'theirs');
    expect(answer).toMatchObject({
      status: 202,
      body: { operation: { state: 'queued' }, conflict: { kept: 'theirs', current: 'Theirs', resolvedBy: 'app' } },
    });
    expect(await event()).toMatchObject({ title: 'Theirs', revision: 2 });
    expect((await ingress.db.event.findUniqueOrThrow({ where: { id: eventId } })).quietRevision).toBe(2);
    expect((await ingress.call('GET', `/v1/operations/${answer.body.operation.id}`)).body.operation).toMatchObject({
      job: 'event.push',
      trigger: 'manual',
      eventId,
    });
    // What the app repeats does not take it back.
    await ingress.call('PUT', `/v1/events/${key}`, { ...eventBody, title: 'Ours' });
    expect(await event()).toMatchObject({ title: 'Theirs', revision: 2 });
  });

  it('saying the same twice, also at once, makes one edit and one entry', async () => {
    const id = await addConflict();
    const answers = await Promise.all([resolve(id, 'theirs'), resolve(id, 'theirs'), resolve(id, 'theirs')]);
    expect(answers.map(({ status }) => status)).toEqual([202, 202, 202]);
    expect(await resolve(id, 'theirs')).toMatchObject({ status: 202, body: { operation: null } });
    expect(await event()).toMatchObject({ title: 'Theirs', revision: 2 });
    expect((await story()).filter((message: string) => message.includes('conflict'))).toHaveLength(1);
  });

  it('can be decided the other way again while nothing else changed', async () => {
    const id = await addConflict();
    await resolve(id, 'theirs');
    expect(await resolve(id, 'ours')).toMatchObject({ status: 202, body: { conflict: { kept: 'ours' } } });
    expect(await event()).toMatchObject({ title: 'Ours', revision: 3 });
  });

  it('one whose field was changed since is stale, and says what is there', async () => {
    const id = await addConflict();
    await ingress.call('PUT', `/v1/events/${key}`, { ...eventBody, title: 'A third one' });
    for (const keep of ['ours', 'theirs']) {
      expect(await resolve(id, keep)).toMatchObject({
        status: 409,
        body: { code: 'conflict.stale', errors: [{ path: 'current', message: '"A third one"' }] },
      });
    }
    expect(await event()).toMatchObject({ title: 'A third one', revision: 2 });
  });

  it('an older one gives way to the newer one over the same field', async () => {
    const id = await addConflict({ createdAt: new Date(Date.now() - 1_000) });
    const newer = await addConflict();
    expect(await resolve(id, 'theirs')).toMatchObject({
      status: 409,
      body: { code: 'conflict.superseded', title: expect.stringContaining(newer) },
    });
    expect((await resolve(newer, 'theirs')).status).toBe(202);
  });

  it.each([
    ['startsAt', '2027-01-05T12:30:00.000Z', '2027-01-05T13:30:00.000Z', { startsAt: '2027-01-05T13:30:00.000Z' }],
    ['capacity', 40, 80, { capacity: 80 }],
    ['description', 'Bring a **drum**', null, { description: null }],
    ['coordinate', { lat: 12.93, lng: 77.63 }, { lat: 1, lng: 2 }, { location: { lat: 1, lng: 2 } }],
    ['visibility', 'public', 'members-only', { visibility: 'members-only' }],
  ])('puts the other %s in place', async (field, ours, theirs, shown) => {
    const id = await addConflict({ field, ours, ...(theirs === null ? {} : { theirs }) } as Partial<NewConflict>);
    if (theirs === null) await ingress.db.$executeRaw`update conflicts set theirs = null where id = ${id}::uuid`;
    expect((await resolve(id, 'theirs')).status).toBe(202);
    expect(await event()).toMatchObject(shown);
  });

  it('nothing is put in place of a cancelled event’s field', async () => {
    const id = await addConflict();
    await ingress.call('DELETE', `/v1/events/${key}`);
    expect(await resolve(id, 'theirs')).toMatchObject({ status: 409, body: { code: 'event.cancelled' } });
  });

  it('one that does not exist, or a side that is none, is refused', async () => {
    expect(await resolve(crypto.randomUUID(), 'ours')).toMatchObject({
      status: 404,
      body: { code: 'conflict.unknown' },
    });
    expect((await resolve(await addConflict(), 'both')).status).toBe(422);
  });
});

describe('conflicts over an answer', () => {
  const addAnswer = async (over: Partial<NewConflict>, status = 'cancelled'): Promise<string> => {
    const person = { name: 'Ana', email: `ana-${number}@example.org`, status };
    await ingress.call('PUT', `/v1/events/${key}/rsvps/ana-${number}`, person);
    const { id: recordId } = await ingress.db.rsvp.findFirstOrThrow({ where: { eventId } });
    await ingress.db.operation.deleteMany({ where: { eventId } });
    return addConflict({ recordType: 'rsvp', recordId, field: 'status', base: 'approved', ours: status, ...over });
  };
  const answerOf = async () => (await ingress.call('GET', `/v1/events/${key}/rsvps/ana-${number}`)).body.rsvp;

  it('Luma’s answer is put in place, sent as a repeat that mails nobody', async () => {
    const id = await addAnswer({ theirs: 'waitlist' });
    expect(await resolve(id, 'theirs')).toMatchObject({
      status: 202,
      body: {
        operation: { state: 'queued' },
        conflict: { personId: `ana-${number}`, current: 'waitlist', theirs: 'waitlist' },
      },
    });
    expect(await answerOf()).toMatchObject({ status: 'waitlist', sync: { state: 'pending_push' } });
    const { link, revision } = await ingress.db.rsvp.findFirstOrThrow({ where: { eventId }, include: { link: true } });
    expect(link?.askedRevision).toBe(revision);
  });

  it('nobody is approved against a refusal at Luma', async () => {
    const id = await addAnswer(
      { ours: 'going', theirs: 'declined', rule: 'declined_stays', resolution: 'theirs' },
      'rejected',
    );
    expect(await resolve(id, 'ours')).toMatchObject({ status: 409, body: { code: 'conflict.declined_stays' } });
    expect(await resolve(id, 'theirs')).toMatchObject({ status: 202, body: { operation: null } });
    expect((await answerOf()).status).toBe('rejected');
  });

  it.each(['session', 'invited'])('what Luma cannot be told (%s) is not put in place', async (theirs) => {
    const id = await addAnswer({ theirs });
    expect(await resolve(id, 'theirs')).toMatchObject({ status: 409, body: { code: 'conflict.not_writable' } });
    expect((await answerOf()).status).toBe('cancelled');
  });
});

describe('GET /v1/conflicts', () => {
  it('shows open ones first, then newest first, page by page, of one event or all', async () => {
    const at = (seconds: number) => ({ createdAt: new Date(Date.now() - seconds * 1_000) });
    const [oldest, looked, newest] = [
      await addConflict({ field: 'capacity', ours: 40, theirs: 50, ...at(30) }),
      await addConflict({ field: 'title', ...at(20) }),
      await addConflict({ field: 'description', ours: 'Bring a **drum**', theirs: 'x', ...at(10) }),
    ];
    await resolve(looked, 'ours');
    const ids = (conflicts: Conflict[]) => conflicts.map(({ id }) => id);
    expect(ids(await list(`event=${key}`))).toEqual([newest, oldest, looked]);
    expect(ids(await list(`event=${key}&state=open`))).toEqual([newest, oldest]);
    expect(ids(await list(`event=${key}&state=resolved`))).toEqual([looked]);
    const paged: string[] = [];
    let cursor = '';
    for (let page = 0; page < 4; page += 1) {
      const answer = await ingress.call('GET', `/v1/conflicts?event=${key}&limit=1${cursor}`);
      paged.push(...ids(answer.body.data));
      if (answer.body.nextCursor === null) break;
      cursor = `&cursor=${answer.body.nextCursor}`;
    }
    expect(paged).toEqual([newest, oldest, looked]);
  });

  it('refuses events nobody knows and cursors nobody gave', async () => {
    expect((await ingress.call('GET', '/v1/conflicts?event=nobody')).status).toBe(404);
    expect((await ingress.call('GET', '/v1/conflicts?cursor=oxyz')).status).toBe(400);
  });
});
