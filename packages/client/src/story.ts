import type {
  Conflict,
  ConflictFilter,
  Message,
  MessageFilter,
  TimelineEntry,
  UnreadableFilter,
  UnreadableRecord,
} from './story-types.js';
import { type CallOptions, path, type Send } from './transport.js';
import type { OperationRef, Page, Paging } from './types.js';

/** What happened, and what a person decides about it. */
export function createStoryClient(send: Send) {
  const read = (of: string, query: Paging, call?: CallOptions): Promise<Page<TimelineEntry>> =>
    send({ method: 'GET', path: of, query, ...call });

  const timelines = {
    /** Of an event, its answers and their coupons, oldest first. */
    event: (eventKey: string, query: Paging = {}, call?: CallOptions) =>
      read(path`/v1/events/${eventKey}/timeline`, query, call),
    rsvp: (eventKey: string, personKey: string, query: Paging = {}, call?: CallOptions) =>
      read(path`/v1/events/${eventKey}/rsvps/${personKey}/timeline`, query, call),
    calendar: (calendarId: string, query: Paging = {}, call?: CallOptions) =>
      read(path`/v1/calendars/${calendarId}/timeline`, query, call),
  };

  const conflicts = {
    /** Those nobody has looked at first, newest first. */
    list: (query: ConflictFilter = {}, call?: CallOptions): Promise<Page<Conflict>> =>
      send({ method: 'GET', path: '/v1/conflicts', query: { ...query }, ...call }),
    get: async (id: string, call?: CallOptions): Promise<Conflict> =>
      (await send<{ conflict: Conflict }>({ method: 'GET', path: path`/v1/conflicts/${id}`, ...call })).conflict,
    /** Confirms the value that was chosen, or puts the other one in its place; mails nobody. */
    resolve: (
      id: string,
      keep: 'ours' | 'theirs',
      call?: CallOptions,
    ): Promise<{ conflict: Conflict; operation: OperationRef | null }> =>
      send({ method: 'POST', path: path`/v1/conflicts/${id}/resolve`, body: { keep }, ...call }),
  };

  const messages = {
    list: (query: MessageFilter = {}, call?: CallOptions): Promise<Page<Message>> =>
      send({ method: 'GET', path: '/v1/messages', query: { ...query }, ...call }),
    get: async (id: string, call?: CallOptions): Promise<Message> =>
      (await send<{ message: Message }>({ method: 'GET', path: path`/v1/messages/${id}`, ...call })).message,
    /** Of a mail in state `unknown`: whether it arrived. If not, it is sent again. */
    settle: (
      id: string,
      isSent: boolean,
      call?: CallOptions,
    ): Promise<{ message: Message; operation: OperationRef | null }> =>
      send({ method: 'POST', path: path`/v1/messages/${id}/settle`, body: { sent: isSent }, ...call }),
  };

  const unreadableRecords = {
    /** Those seen last come first. */
    list: (query: UnreadableFilter = {}, call?: CallOptions): Promise<Page<UnreadableRecord>> =>
      send({ method: 'GET', path: '/v1/unreadable-records', query: { ...query }, ...call }),
    /** With what Luma sent, which may name people. */
    get: async (id: string, call?: CallOptions): Promise<UnreadableRecord & { raw: unknown }> =>
      (
        await send<{ record: UnreadableRecord & { raw: unknown } }>({
          method: 'GET',
          path: path`/v1/unreadable-records/${id}`,
          ...call,
        })
      ).record,
  };

  return { timelines, conflicts, messages, unreadableRecords };
}
