/** Something a person can mend. Shown as its message and hint, never as a stack trace. */
export class UserError extends Error {
  constructor(
    message: string,
    /** What to do about it. */
    readonly hint?: string,
    /** 1: it failed; 2: the input was bad. */
    readonly exitCode: 1 | 2 = 1,
  ) {
    super(message);
    this.name = "UserError";
  }
}

/** What long work says while it goes on. */
export type Report = (line: string) => void;
export const silent: Report = () => undefined;
