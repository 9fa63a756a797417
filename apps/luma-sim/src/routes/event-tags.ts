import { applyEventTagRequestSchema, createEventTagRequestSchema } from '@luma-sync/luma-contract';
import { ApiError } from '../http-error.js';
import type { SimCalendar, SimEvent, SimTag } from '../state/records.js';
import type { World } from '../state/world.js';
import { toWebhookEvent } from '../views/event.js';
import { type ApiHandler, type ApiRoute, get, post, read } from './route.js';

/** A calendar that was kept by an earlier version has none. */
const tagsOf = (calendar: SimCalendar): SimTag[] => {
  calendar.eventTags ??= [];
  return calendar.eventTags;
};

/** By id or name. What Luma answers to one it does not know is not documented. */
function findTag(calendar: SimCalendar, wanted: string): SimTag {
  const tag = tagsOf(calendar).find(({ id, name }) => id === wanted || name === wanted);
  if (tag === undefined) throw new ApiError(400, 'Invalid request.\n- tag: Tag not found');
  return tag;
}

const create: ApiHandler = ({ world, calendar, body }) => {
  const { name } = read(world, createEventTagRequestSchema, body);
  const tag = { id: world.ids.next('tag-'), name, color: 'blue' };
  tagsOf(calendar).push(tag);
  return { id: tag.id };
};

/** Events of other calendars are passed over (documented). */
const change =
  (isApplied: boolean): ApiHandler =>
  ({ world, calendar, body }) => {
    const { tag: wanted, event_ids: ids } = read(world, applyEventTagRequestSchema, body);
    const tag = findTag(calendar, wanted);
    const events = ids.flatMap((id) => {
      const event = world.events.get(id);
      return event?.calendarId === calendar.id ? [event] : [];
    });
    for (const event of events) setTag(world, event, tag, isApplied);
    return {
      [isApplied ? 'applied_count' : 'removed_count']: events.length,
      skipped_count: ids.length - events.length,
    };
  };

function setTag(world: World, event: SimEvent, { id, name }: SimTag, isApplied: boolean): void {
  const others = event.tags.filter((tag) => tag.id !== id);
  event.tags = isApplied ? [...others, { id, name }] : others;
  world.announce(event.calendarId, 'event.updated', () => toWebhookEvent(world, event), { by: 'api' });
}

export const eventTagRoutes: ApiRoute[] = [
  get('/v1/calendars/event-tags/list', ({ calendar }) => ({ entries: [...tagsOf(calendar)], has_more: false })),
  post('/v1/calendars/event-tags/create', create),
  post('/v1/calendars/event-tags/apply', change(true)),
  post('/v1/calendars/event-tags/unapply', change(false)),
];
