import { expect } from '@jest/globals';
import { lumaWebhookSchema } from '@luma-sync/luma-contract';
import { documentedWebhook } from '@luma-sync/testkit/luma-fixtures';
import { call, expectShapeOf, failure } from '../against-simulator.js';
import type { Trials } from './trial.js';

const HOOK = { url: 'http://127.0.0.1:9/hook', eventTypes: ['*'] };
const NOT_A_CURSOR = { pagination_cursor: 'nonsense' };
const rejected = { code: 'luma.rejected', verdict: 'fail' };
const missing = { code: 'luma.not_found', verdict: 'fail' };
const failedOnFirstPage = { complete: false, pages: 0, reason: 'page-failed' };

export const webhookTrials: Trials<
  'listWebhooks' | 'listAllWebhooks' | 'getWebhook' | 'createWebhook' | 'updateWebhook' | 'deleteWebhook'
> = {
  listWebhooks: {
    good: async ({ luma }) => {
      const webhook = await luma.createWebhook(HOOK, call());
      expect(await luma.listWebhooks({}, call())).toMatchObject({ entries: [webhook], has_more: false });
    },
    bad: async ({ luma }) => {
      expect(await failure(luma.listWebhooks(NOT_A_CURSOR, call()))).toMatchObject(rejected);
    },
  },
  listAllWebhooks: {
    good: async ({ luma }) => {
      const webhook = await luma.createWebhook(HOOK, call());
      const first = await luma.listAllWebhooks(call()).next();
      expect(first.value).toMatchObject({ entries: [webhook], cursor: undefined });
    },
    bad: async ({ luma }) => {
      const { value } = await luma.listAllWebhooks(call(), { cursor: 'nonsense' }).next();
      expect(value).toMatchObject({ ...failedOnFirstPage, error: rejected });
    },
  },
  getWebhook: {
    good: async ({ luma }) => {
      const webhook = await luma.createWebhook(HOOK, call());
      expect(await luma.getWebhook(webhook.id, call())).toEqual(webhook);
    },
    bad: async ({ luma }) => {
      expect(await failure(luma.getWebhook('whk-unknown', call()))).toMatchObject(missing);
    },
  },
  createWebhook: {
    good: async ({ luma }) => {
      const webhook = await luma.createWebhook(HOOK, call());
      expectShapeOf(webhook, lumaWebhookSchema.parse(documentedWebhook));
      expect(webhook).toMatchObject({ url: HOOK.url, status: 'active', secret: expect.stringMatching(/^whsec_/) });
    },
    bad: async ({ luma }) => {
      expect(await failure(luma.createWebhook({ ...HOOK, eventTypes: [] }, call()))).toMatchObject(rejected);
      expect(await failure(luma.createWebhook({ ...HOOK, url: 'ftp://x' }, call()))).toMatchObject(rejected);
    },
  },
  updateWebhook: {
    good: async ({ luma }) => {
      const { id } = await luma.createWebhook(HOOK, call());
      const paused = await luma.updateWebhook(id, { status: 'paused', eventTypes: ['event.updated'] }, call());
      expect(paused).toMatchObject({ id, url: HOOK.url, status: 'paused', event_types: ['event.updated'] });
    },
    bad: async ({ luma }) => {
      expect(await failure(luma.updateWebhook('whk-unknown', { status: 'active' }, call()))).toMatchObject(missing);
    },
  },
  deleteWebhook: {
    good: async ({ luma }) => {
      const { id } = await luma.createWebhook(HOOK, call());
      await luma.deleteWebhook(id, call());
      expect((await luma.listWebhooks({}, call())).entries).toEqual([]);
    },
    bad: async ({ luma }) => {
      expect(await failure(luma.deleteWebhook('whk-unknown', call()))).toMatchObject(missing);
    },
  },
};
