/** A webhook as received. Its body is never shown: it names people. */
export interface WebhookDelivery {
  id: string;
  calendarId: string;
  webhookId: string;
  type: string;
  state: 'pending' | 'applied' | 'ignored' | 'failed';
  error: string | null;
  /** False once retention removed the body; it cannot be replayed then. */
  hasBody: boolean;
  signedAt: string;
  receivedAt: string;
  appliedAt: string | null;
}

export interface DeliveryFilter {
  calendarId?: string;
  state?: WebhookDelivery['state'];
  type?: string;
}
