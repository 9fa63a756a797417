import { parseListPage } from '@luma-sync/luma-contract';
import { z } from 'zod';
import type { Endpoint } from '../endpoint.js';
import type { CallOptions, NoteReading } from '../luma-api.js';
import { readAnswer, toUnexpectedAnswer } from '../read-answer.js';
import { createRecordReader } from '../read-records.js';
import type { QueryValue } from '../request-url.js';
import type { Transport } from '../transport.js';

const anyObjectSchema = z.record(z.string(), z.unknown());

interface Input {
  query?: Record<string, QueryValue>;
  body?: object;
}

/** What every method of the client is made of: one request, and an answer read by its schema. */
export type Requests = ReturnType<typeof createRequests>;

export function createRequests(transport: Transport, noteReading: NoteReading | undefined) {
  const request = async <S extends z.ZodType>(endpoint: Endpoint, schema: S, input: Input, call: CallOptions) => {
    const raw = await transport.call(endpoint, input, call);
    return readAnswer(endpoint, raw, (answer) => schema.parse(answer));
  };

  const list = async <S extends z.ZodType>(endpoint: Endpoint, entry: S, query: object, call: CallOptions) => {
    const raw = await transport.call(endpoint, { query: { ...query } }, call);
    return readAnswer(endpoint, raw, (answer) => parseListPage(answer, entry));
  };

  return {
    transport,
    records: createRecordReader(transport, noteReading),
    request,
    /** One page of a list. */
    list,

    /** A request whose answer says nothing but that it was carried out. */
    write: async (endpoint: Endpoint, body: object, call: CallOptions): Promise<void> => {
      await request(endpoint, anyObjectSchema, { body }, call);
    },

    /**
     * A list without pages, in full.
     * @throws {RetryableError} `luma.unexpected_answer`: an entry cannot be read. The caller concludes absence from
     *   such a list, so an unread entry must not count as missing.
     */
    listWhole: async <S extends z.ZodType>(endpoint: Endpoint, entry: S, query: object, call: CallOptions) => {
      const page = await list(endpoint, entry, query, call);
      const unread = page.odd.filter(({ isRead }) => !isRead);
      if (unread.length === 0) return page.entries;
      const fields = unread.flatMap(({ notes }) => notes.map(({ path }) => path || 'entries'));
      throw toUnexpectedAnswer(endpoint, fields);
    },
  };
}
