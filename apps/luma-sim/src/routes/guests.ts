import {
  addGuestsRequestSchema,
  getGuestQuerySchema,
  listGuestsQuerySchema,
  sendInvitesRequestSchema,
  updateGuestStatusRequestSchema,
} from '@luma-sync/luma-contract';
import { ApiError } from '../http-error.js';
import { acceptGuests, checkRefusedGuests, findGuest, inviteGuests, setGuestStatus } from '../state/guests.js';
import type { SimGuest } from '../state/records.js';
import { spoil } from '../state/spoiling.js';
import { toFullGuest, toListedGuest } from '../views/guest.js';
import { type SortValue, toPage } from './paging.js';
import { type ApiRoute, get, post, read } from './route.js';

const BY_API = { by: 'api' } as const;

const SORTS: Record<string, (guest: SimGuest) => SortValue> = {
  name: (guest) => guest.name,
  email: (guest) => guest.email,
  created_at: (guest) => guest.createdAt,
  registered_at: (guest) => guest.registeredAt,
  checked_in_at: (guest) => guest.tickets.map((ticket) => ticket.checkedInAt).find((at) => at !== null) ?? null,
};
const byCreation = (guest: SimGuest): SortValue => guest.createdAt;

export const guestRoutes: ApiRoute[] = [
  get('/v1/events/guests/list', ({ world, calendar, query: raw }) => {
    const query = read(world, listGuestsQuerySchema, raw);
    const event = world.managedEvent(calendar, query.event_id);
    const { approval_status } = query;
    const rows = [...event.guests.values()].filter(
      (guest) => approval_status === undefined || guest.status === approval_status,
    );
    const sort = (query.sort_column === undefined ? undefined : SORTS[query.sort_column]) ?? byCreation;
    return toPage(world, rows, sort, query, (guest) => spoil(world.settings, 'guest', toListedGuest(event, guest)));
  }),
  get('/v1/events/guests/get', ({ world, calendar, query }) => {
    const { event_id, id } = read(world, getGuestQuerySchema, query);
    const event = world.managedEvent(calendar, event_id);
    const guest = findGuest(world, event, id);
    if (guest === null) throw new ApiError(404, world.settings.texts.guestNotFound);
    return spoil(world.settings, 'guest', toFullGuest(event, guest));
  }),
  post('/v1/events/guests/add', ({ world, calendar, body: raw }) => {
    const body = read(world, addGuestsRequestSchema, raw);
    checkRefusedGuests(world, body);
    const skipped = acceptGuests(world, world.managedEvent(calendar, body.event_id), body, BY_API);
    return world.settings.guests.addAnswer === 'empty' ? {} : { skipped: skipped.map((email) => ({ email })) };
  }),
  post('/v1/events/guests/update-status', ({ world, calendar, body: raw }) => {
    const body = read(world, updateGuestStatusRequestSchema, raw);
    setGuestStatus(world, world.managedEvent(calendar, body.event_id), body, BY_API);
    return {};
  }),
  post('/v1/events/guests/send-invites', ({ world, calendar, body: raw }) => {
    const body = read(world, sendInvitesRequestSchema, raw);
    inviteGuests(world, world.managedEvent(calendar, body.event_id), body, BY_API);
    return world.settings.guests.addAnswer === 'empty' ? {} : { skipped: [] };
  }),
];
