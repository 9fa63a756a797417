import { parseUrl } from '@luma-sync/domain';

/** What the address of a calendar's webhook is made of. */
export interface WebhookOwner {
  /** Where Luma reaches ingress. */
  publicUrl: string;
  calendarId: string;
  /** Ingress takes it instead of the id: a person may have registered the webhook so. */
  name: string;
}

export const toWebhookUrl = ({ publicUrl, calendarId }: Omit<WebhookOwner, 'name'>): string =>
  `${publicUrl}/webhooks/luma/${calendarId}`;

/**
 * Whether what is sent to an address arrives at ingress as a delivery of the calendar. Addresses are compared as
 * ingress reads them: case of the host, default port, escapes, a slash at the end and a query make no difference.
 */
export function isWebhookOf(url: string, owner: WebhookOwner): boolean {
  const given = toPlace(url);
  const wanted = toPlace(toWebhookUrl(owner));
  if (given === null || wanted === null || given.base !== wanted.base) return false;
  return given.key === owner.name || given.key.toLowerCase() === owner.calendarId;
}

/** An address up to its last part, and that part without escapes. */
function toPlace(url: string): { base: string; key: string } | null {
  const parsed = parseUrl(url);
  if (parsed === null) return null;
  const parts = parsed.pathname.replace(/\/$/, '').split('/');
  const key = parts.pop() ?? '';
  try {
    return { base: `${parsed.origin}${parts.join('/')}`, key: decodeURIComponent(key) };
  } catch {
    return null;
  }
}
