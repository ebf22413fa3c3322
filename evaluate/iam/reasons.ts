/** Why roles have a right that nothing derives and that no run uses. */
export interface GrantReason {
  /** Matches the names of the roles in the program. */
  readonly role: RegExp;
  readonly action: RegExp;
  readonly why: string;
  /** The page of AWS's documentation, or the file of this project, that says so. */
  readonly source: string;
}

/** The reasons, in no particular order: the first that matches is shown. */
export const REASONS: readonly GrantReason[] = [];
