import { PermanentError } from '@luma-sync/jobs';
import type { ImageContentType } from '@luma-sync/luma-client';
import { imageSize } from 'image-size';

/** Luma names no limit; more than this is no cover but a photograph that nobody resized. */
export const COVER_BYTES_MAX = 10 * 1024 * 1024;
/** Less than this is a tracking pixel, or an icon. */
const SIDE_MIN_PX = 64;
const SIDE_MAX_PX = 10_000;

const LUMA_TAKES: Readonly<Record<string, ImageContentType>> = { jpg: 'image/jpeg', png: 'image/png' };

/**
 * Judges a cover by its bytes; what its host says it is does not count.
 *
 * @throws {PermanentError} `cover.unsupported_type`: neither JPEG nor PNG, or no image at all;
 *   `cover.unsupported_size`.
 */
export function checkImage(bytes: Uint8Array): ImageContentType {
  const { type, width, height } = measure(bytes);
  const contentType = LUMA_TAKES[type];
  if (contentType === undefined)
    throw new PermanentError(
      'cover.unsupported_type',
      `the cover is ${type.toUpperCase()}; Luma takes JPEG and PNG: give the address of one of these`,
    );
  const [short, long] = width < height ? [width, height] : [height, width];
  if (short < SIDE_MIN_PX || long > SIDE_MAX_PX)
    throw new PermanentError(
      'cover.unsupported_size',
      `the cover has ${width} x ${height} pixels; each side must have ${SIDE_MIN_PX} to ${SIDE_MAX_PX}`,
    );
  return contentType;
}

function measure(bytes: Uint8Array): { type: string; width: number; height: number } {
  try {
    const { type, width, height } = imageSize(bytes);
    return { type: type ?? 'of an unknown kind', width, height };
  } catch {
    throw new PermanentError(
      'cover.unsupported_type',
      'what the address of the cover leads to is no image; Luma takes JPEG and PNG',
    );
  }
}
