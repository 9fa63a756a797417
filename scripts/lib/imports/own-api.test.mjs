import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { root } from '../paths.mjs';
import { isTest } from '../test-kinds.mjs';
import { listSources } from './list-sources.mjs';

/** A file that opens connections by itself. */
const sends = /\bfetch\(|\brequest[<(]|from 'node:https?'|from 'got'/;
/** A path of our API, with or without an id in it. Paths of Luma's own API stand in files that send nothing. */
const ownPath = /[`'"][^`'"\s]*\/v1\//;

const sendsToOwnApi = (text) => sends.test(text) && ownPath.test(text);

describe('the demo and chaos', () => {
  it('call luma-sync by packages/client alone', () => {
    const files = ['apps/demo/src', 'chaos/src']
      .flatMap((folder) => listSources(join(root, folder)))
      .filter((file) => !isTest(file));
    expect(files.length).toBeGreaterThan(50);
    expect(files.filter((file) => sendsToOwnApi(readFileSync(file, 'utf8')))).toEqual([]);
  });

  it.each([
    ['await fetch(`${url}/v1/calendars/${id}/webhook`, { method: "POST" });', true],
    ["putEvent = (id) => request(this.url, 'PUT', `/v1/events/${id}`);", true],
    ["import { request } from 'node:http';\nrequest('/v1/events');", true],
    ["await luma.loseAnswer('/v1/events/create');", false],
    ['await fetch(`${simulator}/_sim/state`);', false],
  ])('would be found calling it by %s: %s', (text, isFound) => {
    expect(sendsToOwnApi(text)).toBe(isFound);
  });
});
