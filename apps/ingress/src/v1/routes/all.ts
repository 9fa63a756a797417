import type { Route } from '../route.js';
import { apiKeyRoutes } from './api-keys.js';
import { auditRoutes } from './audit.js';
import { backfillRoutes } from './backfills.js';
import { calendarRoutes } from './calendars.js';
import { conflictRoutes } from './conflicts.js';
import { couponPoolRoutes } from './coupon-pools.js';
import { eventCancelRoutes } from './event-cancel.js';
import { eventCommandRoutes } from './event-commands.js';
import { eventRoutes } from './events.js';
import { heldMailRoutes } from './held-mails.js';
import { messageRoutes } from './messages.js';
import { operationRoutes } from './operations.js';
import { peopleRoutes } from './people.js';
import { removalRoutes } from './removals.js';
import { rsvpRoutes } from './rsvps.js';
import { timelineRoutes } from './timeline.js';
import { unreadableRoutes } from './unreadable-records.js';
import { deliveryRoutes } from './webhook-deliveries.js';

/** Every `/v1` route there is; the document and the server are both made from this list. */
export const v1Routes: readonly Route[] = [
  ...eventRoutes,
  ...eventCommandRoutes,
  ...eventCancelRoutes,
  ...rsvpRoutes,
  ...removalRoutes,
  ...peopleRoutes,
  ...calendarRoutes,
  ...backfillRoutes,
  ...couponPoolRoutes,
  ...operationRoutes,
  ...deliveryRoutes,
  ...unreadableRoutes,
  ...timelineRoutes,
  ...conflictRoutes,
  ...messageRoutes,
  ...heldMailRoutes,
  ...apiKeyRoutes,
  ...auditRoutes,
];
