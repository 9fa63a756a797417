import { beforeEach, describe, expect, it } from '@jest/globals';
import { type JobContext, PermanentError, RetryableError } from '@luma-sync/jobs';
import type { LumaAccount } from '../luma-account.js';
import { placeCover } from './place-cover.js';

const PNG = Buffer.from('89504e470d0a1a0a0000000d49484452000004b00000027608', 'hex');
const SVG = Buffer.from('<svg xmlns="http://www.w3.org/2000/svg" width="640" height="480"></svg>');

let hosts: Record<string, Buffer | Error>;
let fetched: string[];
let uploads: number;
let known: Map<string, string>;
beforeEach(() => {
  [hosts, fetched, uploads, known] = [{}, [], 0, new Map()];
});

const place = (sources: string[], attempt = 1) => {
  const account = {
    api: {
      createImageUploadUrl: async () => ({
        upload_url: 'https://upload.example/1',
        file_url: `https://images.lumacdn.com/${uploads + 1}`,
      }),
      uploadImage: async () => {
        uploads += 1;
      },
    },
  } as unknown as LumaAccount;
  const covers = {
    findUpload: async (hash: string) => known.get(hash) ?? null,
    noteUpload: async ({ contentHash, lumaUrl }: { contentHash: string; lumaUrl: string }) => {
      known.set(contentHash, lumaUrl);
      return lumaUrl;
    },
  };
  const fetchPublic = async (address: string) => {
    fetched.push(address);
    const found = hosts[address];
    if (found === undefined) throw new PermanentError('url.not_found', 'the host answered 404');
    if (found instanceof Error) throw found;
    return { bytes: found, contentType: null };
  };
  const ctx = { signal: new AbortController().signal, attempt } as JobContext;
  return placeCover(sources, { account, deps: { covers, fetchPublic }, ctx });
};

describe('placing a cover', () => {
  it('uploads the same content once, whatever address it has', async () => {
    hosts = { a: PNG, b: PNG };
    const first = await place(['a']);
    expect(first).toEqual({ lumaUrl: 'https://images.lumacdn.com/1', problem: null });
    expect(await place(['b'])).toEqual(first);
    expect(uploads).toBe(1);
  });

  it('neither fetches nor uploads what is on Luma’s host already', async () => {
    const lumaUrl = 'https://images.lumacdn.com/event-covers/x';
    expect(await place([lumaUrl])).toEqual({ lumaUrl, problem: null });
    expect([fetched, uploads]).toEqual([[], 0]);
  });

  it('falls back when the event’s own cannot be used, and says why', async () => {
    hosts = { svg: SVG, tag: PNG };
    expect(await place(['svg', 'tag', 'any'])).toEqual({
      lumaUrl: 'https://images.lumacdn.com/1',
      problem: { code: 'cover.unsupported_type', message: expect.stringContaining('SVG') },
    });
    expect(fetched).toEqual(['svg', 'tag']);
  });

  it('goes without one when none can be used; the first reason is told', async () => {
    expect(await place(['gone', 'gone too'])).toEqual({
      lumaUrl: null,
      problem: { code: 'url.not_found', message: 'the host answered 404' },
    });
    expect(await place([])).toEqual({ lumaUrl: null, problem: null });
  });

  it('waits for a host that is away in the first attempts, then goes on without it', async () => {
    hosts = { away: new RetryableError('url.unavailable', 'away'), any: PNG };
    for (const attempt of [1, 2, 3])
      await expect(place(['away', 'any'], attempt)).rejects.toMatchObject({ code: 'url.unavailable' });
    expect(await place(['away', 'any'], 4)).toMatchObject({ problem: { code: 'url.unavailable' } });
    expect(uploads).toBe(1);
  });

  it('hides no trouble of ours or of Luma’s behind a fallback', async () => {
    for (const code of ['limiter.budget', 'luma.upload_failed', 'store.unavailable', 'operation.interrupted']) {
      hosts = { a: new RetryableError(code, 'x') };
      await expect(place(['a'], 9)).rejects.toMatchObject({ code });
    }
  });
});
