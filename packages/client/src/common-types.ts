/* Parts that several records share, and pages of lists. */

/** Whether Luma may mail people because of a command, as far as it is known, and why. */
export interface MailPreview {
  allowed: boolean;
  recipients: number;
  reason: string;
}

export interface RemoteError {
  code: string;
  message: string;
}

/** Why a record is not as it should be yet. */
export interface SyncError extends RemoteError {
  /** When the same is tried again by itself; null when it is not. */
  nextTryAt: string | null;
}

/** A field that Luma does not hold as we have it. */
export interface EventDifference {
  /** As in conflicts: `title`, `address`, `coordinate`, `meetingUrl` and so on. */
  field: string;
  ours: unknown;
  /** What Luma holds; null where it holds nothing or does not show the field. */
  luma: unknown;
  reason: 'cannot_be_emptied' | 'refused' | 'rewritten' | 'not_shown';
  /** The reason in words, with Luma's own text of a refusal. */
  why: string;
}

export interface Page<T> {
  data: T[];
  nextCursor: string | null;
}

export interface Paging {
  /** 1 to 200; 50 by default. */
  limit?: number;
  cursor?: string;
}
