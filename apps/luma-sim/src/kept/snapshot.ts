import type { Mailbox, MailboxMemory } from '../mailbox/mailbox.js';
import type { Parts } from '../parts.js';
import type { ImagesMemory } from '../routes/images.js';
import type { SimEvent } from '../state/records.js';
import type { WorldMemory } from '../state/world.js';
import type { SenderMemory } from '../webhooks/sender.js';

/**
 * What of a simulator outlives its process: Luma's memory and the mailbox. Not in it: settings, faults, the log of
 * requests and what is spent of a budget. They belong to one run.
 */
export interface Snapshot {
  /** Address that the images in it have. */
  url: string;
  world: WorldMemory;
  images: ImagesMemory;
  sender: SenderMemory;
  mailbox: MailboxMemory;
}

export function toSnapshot({ world, images, sender }: Parts, mailbox: Mailbox, url: string): Snapshot {
  return {
    url,
    world: world.memory(),
    images: images.memory(),
    sender: sender.memory(),
    mailbox: mailbox.memory(),
  };
}

/** Takes up where a snapshot ended: unsent webhooks are sent, guests who were accepted are added. */
export function restore({ world, images, sender }: Parts, mailbox: Mailbox, snapshot: Snapshot): void {
  world.restore(snapshot.world);
  images.restore(snapshot.images);
  mailbox.restore(snapshot.mailbox);
  sender.restore(snapshot.sender);
}

/** For a simulator that listens elsewhere than it did. */
export function moveCovers({ world }: Parts, from: string, to: string): void {
  for (const event of world.events.values()) moveCover(event, from, to);
}

function moveCover(event: SimEvent, from: string, to: string): void {
  if (event.coverUrl.startsWith(`${from}/`)) event.coverUrl = `${to}${event.coverUrl.slice(from.length)}`;
  if (event.stale?.event != null) moveCover(event.stale.event, from, to);
}
