import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { type RedisWatch, searchDatabase, searchRedis, startRedisServer, watchRedis } from '@luma-sync/testkit';
import { openWorld, toEvent, toRsvp, type World } from './world.js';

/*
 * The holder of the key of a check-in code can act as that guest, and the holder of one of our keys as its owner. None
 * of them is kept where somebody else may read: no column, no value in Redis at any moment, no line of the log at its
 * most talkative.
 */

let world: World;
let redis: RedisWatch;
beforeAll(async () => {
  const server = await startRedisServer();
  redis = await watchRedis(server.url);
  world = await openWorld({ redis: server, env: { LOG_LEVEL: 'trace' } });
});
afterAll(() => {
  redis.close();
  return world.luma.close();
});

const checkInKeys = () => [
  ...new Set(world.luma.control.deliveries().flatMap(({ body }) => body.match(/(?<=pk=)[\w-]+/g) ?? [])),
];

it('keeps no bearer key in Postgres, in Redis or in the log, whatever brought it', async () => {
  await world.call('PUT', '/v1/events/yoga', toEvent('Yoga'));
  await world.call('PUT', '/v1/events/yoga/rsvps/asha', toRsvp('Asha'));
  await world.calm();
  const { luma, id } = await world.event('yoga');
  const lumaEventId = luma?.eventId ?? '';
  world.luma.control.registerGuests(lumaEventId, { guests: [{ email: 'g1@example.org' }], isCheckedIn: true });
  await world.calm();
  for (const path of [
    `/v1/events/${id}/guest-pulls`,
    `/v1/events/${id}/pull`,
    `/v1/calendars/${world.calendarId}/pulls`,
  ])
    await world.call('POST', path, {});
  await world.calm();

  const keys = checkInKeys();
  expect(keys.length).toBeGreaterThan(1);
  // What is searched is what was written: the ids of operations pass through all three.
  const { data } = (await world.call<{ data: { id: string }[] }>('GET', '/v1/operations')).body;
  const ids = data.map((operation) => operation.id);
  expect(redis.commandsWith(ids)).not.toEqual([]);
  expect(await searchDatabase(world.databaseUrl, ids)).not.toEqual([]);
  expect(ids.some((operationId) => world.output().includes(operationId))).toBe(true);

  const secrets = [...keys, ...world.secrets];
  expect(await searchDatabase(world.databaseUrl, secrets)).toEqual([]);
  expect(await searchRedis(world.redis.url, secrets)).toEqual([]);
  expect(redis.commandsWith(secrets)).toEqual([]);
  expect(secrets.filter((secret) => world.output().includes(secret))).toEqual([]);
});
