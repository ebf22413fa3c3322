/** An error that the user can correct. Commands show its message and hint, and no stack trace. */
export class UserError extends Error {
  constructor(
    message: string,
    /** The step that the user can take. */
    readonly hint?: string,
    /** 1 if the command failed, 2 if its input was invalid. */
    readonly exitCode: 1 | 2 = 1,
  ) {
    super(message);
    this.name = "UserError";
  }
}

/** Receives the progress of long work, a line at a time. */
export type Report = (line: string) => void;
export const silent: Report = () => undefined;
