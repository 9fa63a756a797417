/** A refusal in Luma's form. Thrown by routes, written by the pipeline. */
export class ApiError extends Error {
  readonly status: number;

  constructor(status: number, message: string) {
    super(message);
    this.name = 'ApiError';
    this.status = status;
  }
}

/** A request whose fields are wrong, in Luma's words: one `- field: text` line for each problem (seen live). */
export class InvalidRequestError extends ApiError {
  readonly problems: readonly string[];

  constructor(problems: readonly string[]) {
    super(400, `Invalid request.\n${problems.join('\n')}`);
    this.name = 'InvalidRequestError';
    this.problems = problems;
  }
}

/** One answer for "does not exist" and "is not yours": they cannot be told apart (seen live, apostrophe included). */
export const noAccess = () => new ApiError(403, 'You don’t have access to this event.');
