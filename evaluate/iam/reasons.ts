/** Why roles have a right that nothing derives. */
export interface GrantReason {
  /** Matches the name of a role in the program. */
  readonly role: RegExp;
  readonly action: RegExp;
  /** Matches one of the statement's resources; by default any. */
  readonly resource?: RegExp;
  /** A sentence that says when the role uses the right. */
  readonly why: string;
  /** The page of AWS's documentation that says so. */
  readonly source: string;
}

/** Every reason. A test refuses one that no environment needs. */
export const REASONS: readonly GrantReason[] = [
  {
    role: /-secrets$/,
    action: /^kms:(Decrypt|DescribeKey)$/,
    why: "DMS reads secrets that exist before the migration, and only their owners know with which key they are encrypted.",
    source: "https://docs.aws.amazon.com/dms/latest/userguide/security_iam_secretsmanager.html",
  },
  {
    role: /-data$/,
    action: /^s3:(GetObject|PutObject|PutObjectTagging|DeleteObject|ListBucket|GetBucketLocation)$/,
    resource: /migrations\/|-artifacts-|-reports-/,
    why: "DMS writes the results of premigration assessments, which an operator starts.",
    source: "https://docs.aws.amazon.com/dms/latest/userguide/CHAP_Tasks.AssessmentReport.Prerequisites.html",
  },
  {
    role: /-api-\w+-role$/,
    action: /^dynamodb:/,
    why: "A data source serves every resolver of its API, and resolvers are added without a change of the source.",
    source: "https://docs.aws.amazon.com/appsync/latest/devguide/attaching-a-data-source.html",
  },
];
