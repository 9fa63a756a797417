import { createHash } from 'node:crypto';
import { JobError, RetryableError } from '@luma-sync/jobs';
import { LUMA_IMAGE_BASE_URL } from '@luma-sync/luma-contract';
import type { FetchPublic } from '@luma-sync/safe-fetch';
import type { CoverStore } from '@luma-sync/store';
import { toCall } from '../luma-account.js';
import type { Run } from '../run.js';
import { COVER_BYTES_MAX, checkImage } from './check-image.js';

export interface CoverDeps {
  covers: CoverStore;
  fetchPublic: FetchPublic;
}

/** Why an address was passed over; `message` is for a person. */
export interface CoverProblem {
  code: string;
  message: string;
}

export interface PlacedCover {
  /** Address on Luma's image host; null when none of the sources could be used. */
  lumaUrl: string | null;
  /** What was wrong with the first source, if it was passed over. */
  problem: CoverProblem | null;
}

/** A host that is away holds an event up this many attempts; then it is published without that cover. */
const PATIENT_ATTEMPTS = 3;

/**
 * Puts the first usable cover on Luma's image host, once per content: Luma takes no other addresses. A cover is
 * decoration; one that cannot be used is told, and does not keep the event from being published.
 *
 * @throws {RetryableError} a host, or Luma's, is away, in the first attempts.
 */
export async function placeCover(
  sources: readonly string[],
  { account, deps, ctx }: Run<CoverDeps>,
): Promise<PlacedCover> {
  let problem: CoverProblem | null = null;
  for (const source of sources) {
    try {
      return { lumaUrl: await place(source, { account, deps, ctx }), problem };
    } catch (error) {
      if (!isPassedOver(error, ctx.attempt)) throw error;
      problem ??= { code: error.code, message: error.message };
    }
  }
  return { lumaUrl: null, problem };
}

const ABOUT_THE_SOURCE = /^(url|cover)\./;

function isPassedOver(error: unknown, attempt: number): error is JobError {
  if (!(error instanceof JobError) || !ABOUT_THE_SOURCE.test(error.code)) return false;
  return !(error instanceof RetryableError) || attempt > PATIENT_ATTEMPTS;
}

async function place(source: string, { account, deps, ctx }: Run<CoverDeps>): Promise<string> {
  if (source.startsWith(LUMA_IMAGE_BASE_URL)) return source;
  const { bytes } = await deps.fetchPublic(source, {
    bytesMax: COVER_BYTES_MAX,
    accept: 'image/jpeg, image/png;q=0.9, image/*;q=0.1',
    signal: ctx.signal,
  });
  const contentType = checkImage(bytes);
  const contentHash = createHash('sha256').update(bytes).digest('hex');
  const known = await deps.covers.findUpload(contentHash);
  if (known !== null) return known;
  const call = toCall(ctx, 'interactive');
  const { upload_url: uploadUrl, file_url: lumaUrl } = await account.api.createImageUploadUrl(contentType, call);
  await account.api.uploadImage(uploadUrl, { bytes, contentType }, call);
  return deps.covers.noteUpload({ contentHash, contentType, bytes: bytes.length, lumaUrl });
}
