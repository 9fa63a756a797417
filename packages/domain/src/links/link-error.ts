/** Why the last push of a record came to nothing, or is late. */
export interface LinkError {
  code: string;
  message: string;
  /** ISO 8601. */
  at: string;
  /** ISO 8601. Of a push that is tried again. */
  nextTryAt?: string;
}

export const toLinkError = (error: { code: string; message: string }, at: Date): LinkError => ({
  code: error.code,
  message: error.message,
  at: at.toISOString(),
});
