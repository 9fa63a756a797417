/** What the mail provider lets one account send in a second, over all processes. */
export interface MailBudget {
  /**
   * Waits for leave to hand one mail to the provider.
   *
   * @throws {RetryAfterError} `mail.budget_spent` at once when the turn would not come within two seconds, so that the
   *   worker's place is free meanwhile; `mail.rate_limited` while the provider has told all of us to wait;
   *   `operation.interrupted` when `signal` aborts.
   */
  take(signal: AbortSignal): Promise<MailLeave>;
}

/** Leave for one mail. Exactly one of both is called, once; neither throws. */
export interface MailLeave {
  /**
   * The provider was asked. `error` is what that failed with: a lost answer, or a refusal for too many mails, counts
   * differently.
   */
  end(error?: unknown): Promise<void>;
  /** It was not, and will not be. */
  release(): Promise<void>;
}
