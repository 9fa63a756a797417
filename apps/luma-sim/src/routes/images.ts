import { createUploadUrlRequestSchema, LUMA_IMAGE_BASE_URL } from '@luma-sync/luma-contract';
import type { World } from '../state/world.js';
import { type ApiRoute, post, read } from './route.js';

export interface ImagesMemory {
  stored: Map<string, { contentType: string; bytes: Buffer }>;
  expected: Set<string>;
}

/** Images uploaded to the simulator, by their place on the (played) image host. */
export class Images {
  readonly #baseUrl: () => string;
  #stored: ImagesMemory['stored'] = new Map();
  #expected: ImagesMemory['expected'] = new Set();

  /** @param baseUrl Address of the simulator; known only once it listens. */
  constructor(baseUrl: () => string) {
    this.#baseUrl = baseUrl;
  }

  announceUpload(world: World): { upload_url: string; file_url: string } {
    const name = `event-covers/xx/${world.ids.uuid()}`;
    this.#expected.add(name);
    const host = world.settings.events.uploads === 'here' ? `${this.#baseUrl()}/_images/` : LUMA_IMAGE_BASE_URL;
    return { upload_url: `${this.#baseUrl()}/_images/${name}`, file_url: `${host}${name}` };
  }

  /** False when nobody asked for this upload. */
  store(name: string, contentType: string, bytes: Buffer): boolean {
    if (!this.#expected.has(name)) return false;
    this.#stored.set(name, { contentType, bytes });
    return true;
  }

  find(name: string): { contentType: string; bytes: Buffer } | null {
    return this.#stored.get(name) ?? null;
  }

  get count(): number {
    return this.#stored.size;
  }

  memory(): ImagesMemory {
    return { stored: this.#stored, expected: this.#expected };
  }

  restore({ stored, expected }: ImagesMemory): void {
    this.#stored = stored;
    this.#expected = expected;
  }
}

export const imageRoutes = (images: () => Images): ApiRoute[] => [
  post('/v1/images/create-upload-url', ({ world, body }) => {
    // The older form of this call also named a purpose; it is still accepted.
    const { purpose: _purpose, ...rest } =
      typeof body === 'object' && body !== null ? (body as Record<string, unknown>) : {};
    read(world, createUploadUrlRequestSchema, rest);
    return images().announceUpload(world);
  }),
];
