import type { SyncWorld } from './sync-world.js';

/** The webhooks that Luma announces because of `change`, oldest first; held back until they are delivered. */
export async function announcedBy(world: SyncWorld, change: () => unknown): Promise<{ type: string; body: string }[]> {
  const before = world.announced().length;
  await change();
  return world.announced().slice(before);
}
