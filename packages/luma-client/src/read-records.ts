import { PermanentError } from '@luma-sync/jobs';
import {
  type LumaListPage,
  type OddRecord,
  parseListPage,
  readSingle,
  type SingleReading,
} from '@luma-sync/luma-contract';
import type { z } from 'zod';
import type { Endpoint } from './endpoint.js';
import type { CallOptions, Found, NoteReading, Reading } from './luma-api.js';
import { readAnswer, toUnexpectedAnswer } from './read-answer.js';
import type { QueryValue } from './request-url.js';
import type { Transport } from './transport.js';

/** Where records of one kind are read. */
export interface RecordSource<S extends z.ZodType<{ id: string }>> {
  of: Pick<Reading, 'kind' | 'lumaEventId'>;
  endpoint: Endpoint;
  schema: S;
  query: Record<string, QueryValue>;
}

/** Reads events and guests so that one that cannot be read costs itself alone, and notes each reading. */
export function createRecordReader(transport: Transport, noteReading: NoteReading | undefined) {
  const read = async <S extends z.ZodType<{ id: string }>>(
    { of, endpoint, schema, query }: RecordSource<S>,
    call: CallOptions,
  ): Promise<SingleReading<z.output<S>>> => {
    const reading = readSingle(schema, await transport.call(endpoint, { query }, call));
    const { odd } = reading;
    // An answer of which not even the id can be read is none about a record.
    if (!reading.isRead && reading.odd.identity.id === null) throw toUnreadable(endpoint, reading.odd);
    const readIds = reading.isRead ? [reading.record.id] : [];
    await noteReading?.({ ...of, from: 'read', readIds, odd: odd === null ? [] : [odd] });
    return reading;
  };

  return {
    async page<S extends z.ZodType<{ id: string }>>(
      { of, endpoint, schema, query }: RecordSource<S>,
      call: CallOptions,
    ): Promise<LumaListPage<z.output<S>>> {
      const raw = await transport.call(endpoint, { query }, call);
      const page = readAnswer(endpoint, raw, (answer) => parseListPage(answer, schema));
      await noteReading?.({ ...of, from: 'list', readIds: page.entries.map(({ id }) => id), odd: page.odd });
      return page;
    },

    /** @throws {RetryableError} `luma.unexpected_answer` also for a record that is there and cannot be read. */
    async get<S extends z.ZodType<{ id: string }>>(source: RecordSource<S>, call: CallOptions): Promise<z.output<S>> {
      const reading = await read(source, call);
      if (!reading.isRead) throw toUnreadable(source.endpoint, reading.odd);
      return reading.record;
    },

    /** A read that found nothing, or nothing readable, as a value. */
    async find<S extends z.ZodType<{ id: string }>>(
      source: RecordSource<S>,
      call: CallOptions,
    ): Promise<Found<z.output<S>>> {
      try {
        const reading = await read(source, call);
        return reading.isRead ? { kind: 'found', record: reading.record } : { kind: 'unreadable', odd: reading.odd };
      } catch (thrown) {
        if (thrown instanceof PermanentError && thrown.code === 'luma.forbidden') return { kind: 'forbidden' };
        if (thrown instanceof PermanentError && thrown.code === 'luma.not_found') return { kind: 'missing' };
        throw thrown;
      }
    },
  };
}

function toUnreadable(endpoint: Endpoint, { notes }: OddRecord): Error {
  return toUnexpectedAnswer(
    endpoint,
    notes.map(({ path }) => path || '(the whole answer)'),
  );
}
