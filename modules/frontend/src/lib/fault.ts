/** What the server says when it refuses or fails: the body of an HTTP error and of an `error` frame. */
export interface Fault {
  readonly code: string;
  readonly message: string;
  readonly retryable: boolean;
}

export class ApiError extends Error implements Fault {
  readonly code: string;
  readonly retryable: boolean;
  readonly status: number;

  constructor(fault: Fault, status: number, options?: ErrorOptions) {
    super(fault.message, options);
    this.code = fault.code;
    this.retryable = fault.retryable;
    this.status = status;
  }
}

export function isFault(value: unknown): value is Fault {
  return (
    typeof value === 'object' &&
    value !== null &&
    'code' in value &&
    'message' in value &&
    typeof value.message === 'string'
  );
}
