import type { CreateEventRequest } from '@luma-sync/luma-contract';
import type { SimTicketType } from './records.js';
import type { World } from './world.js';

type NewTicketType = NonNullable<CreateEventRequest['ticket_types']>[number] & {
  description?: string | null | undefined;
  valid_start_at?: string | null | undefined;
  valid_end_at?: string | null | undefined;
  is_flexible?: boolean | undefined;
  min_cents?: number | null | undefined;
};

export function toNewTicketType(world: World, input: NewTicketType): SimTicketType {
  return {
    id: world.ids.next('ttype-'),
    name: input.name,
    type: input.type,
    requireApproval: input.require_approval ?? false,
    isHidden: input.is_hidden ?? false,
    description: input.description ?? null,
    validStartAt: input.valid_start_at ?? null,
    validEndAt: input.valid_end_at ?? null,
    maxCapacity: input.max_capacity ?? null,
    cents: input.cents ?? null,
    currency: input.currency ?? null,
    isFlexible: input.is_flexible ?? false,
    minCents: input.min_cents ?? null,
  };
}
