/** Resend's names for what went wrong (its documented list, as far as sending uses it). */
export type ResendErrorName =
  | 'invalid_from_address'
  | 'invalid_idempotency_key'
  | 'validation_error'
  | 'missing_api_key'
  | 'invalid_api_key'
  | 'not_found'
  | 'invalid_idempotent_request'
  | 'concurrent_idempotent_requests'
  | 'missing_required_field'
  | 'rate_limit_exceeded'
  | 'internal_server_error';

/** A refusal in Resend's form: `{statusCode, name, message}`. */
export class ResendError extends Error {
  readonly statusCode: number;
  override readonly name: ResendErrorName;

  constructor(statusCode: number, name: ResendErrorName, message: string) {
    super(message);
    this.statusCode = statusCode;
    this.name = name;
  }

  toJSON() {
    return { statusCode: this.statusCode, name: this.name, message: this.message };
  }
}
