/** What the mail provider lets one account send in a second, whoever sends. */
export interface MailBudget {
  /**
   * Waits for leave to hand one mail to the provider. Leave that is not used is spent all the same.
   *
   * @throws {RetryAfterError} `mail.budget_spent` at once when the turn would not come within two seconds, so that the worker's
   *   place is free meanwhile; `operation.interrupted` when `signal` aborts.
   */
  take(signal: AbortSignal): Promise<void>;
}
