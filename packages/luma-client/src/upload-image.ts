import { InterruptedError, RetryableError } from '@luma-sync/jobs';
import type { ConnectedAgents } from './connected-agent.js';
import type { CallOptions, ImageContentType } from './luma-api.js';
import { type Outgoing, SendFailure, send } from './send.js';

export interface Image {
  bytes: Uint8Array;
  contentType: ImageContentType;
}

export interface UploadOptions {
  baseUrl: string;
  userAgent: string;
  requestTimeoutMs: number;
  answerBytesMax: number;
}

/** Puts an image where Luma's answer said: an object store that takes no slot and no key. */
export async function uploadImage(
  { url, image, agents }: { url: string; image: Image; agents: ConnectedAgents },
  options: UploadOptions,
  { signal, beforeSend }: CallOptions,
): Promise<void> {
  const what = 'PUT of an image';
  let isSent = false;
  try {
    await send({
      ...toUpload(url, image, options),
      signal,
      graceMs: 0,
      agents,
      onSend: () => {
        beforeSend?.();
        isSent = true;
      },
      onAnswer: () => undefined,
    });
  } catch (thrown) {
    if (thrown instanceof SendFailure && thrown.refusal !== null) throw thrown.refusal;
    if (signal.aborted) throw new InterruptedError(`${what} was interrupted`);
    // The same bytes at the same place: safe to repeat whatever happened, with a new URL each time.
    throw new RetryableError('luma.upload_failed', `${what} failed${isSent ? '' : ' before it was sent'}`);
  }
}

function toUpload(
  url: string,
  image: Image,
  { baseUrl, userAgent, requestTimeoutMs, answerBytesMax }: UploadOptions,
): Pick<Outgoing, 'method' | 'url' | 'headers' | 'body' | 'timeoutMs' | 'answerBytesMax'> {
  // Luma's answer named this place; plain HTTP is right only where Luma itself is a simulator on plain HTTP.
  if (!url.startsWith('https:') && new URL(baseUrl).protocol === 'https:') {
    throw new RetryableError('luma.unexpected_answer', 'the place for an image is not on HTTPS');
  }
  return {
    method: 'PUT',
    url,
    headers: { 'user-agent': userAgent, 'content-type': image.contentType },
    body: image.bytes,
    timeoutMs: requestTimeoutMs,
    answerBytesMax,
  };
}
