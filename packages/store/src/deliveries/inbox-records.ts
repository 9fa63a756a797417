export interface StoredDelivery {
  id: string;
  calendarId: string;
  type: string;
  /** Null when it has expired. */
  rawBody: string | null;
  state: 'pending' | 'applied' | 'ignored' | 'failed';
  /**
   * When Luma signed it, and no later than it was received: the sender's clock may be ahead of ours, and what it says
   * would outlive every read of ours until ours has caught up.
   */
  signedAt: Date;
  receivedAt: Date;
}

/** A delivery nobody has begun with, and the operation that would apply it. */
export interface WaitingDelivery extends StoredDelivery {
  rawBody: string;
  operationId: string;
}

/** A delivery that was applied by the run of another one. */
export interface CoalescedDelivery extends Pick<WaitingDelivery, 'id' | 'operationId' | 'type'> {
  /** As in the outcome of its own run. */
  applied: string;
}
