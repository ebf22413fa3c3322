import assert from "node:assert/strict";
import type { Blame } from "../../contracts/flow";
import { blameOf, mayStillRun } from "../../functions/shared/blame";

const failedJob = (ErrorMessage?: string, JobRunState = "FAILED"): string =>
  JSON.stringify({ JobName: "etl", JobRunState, ErrorMessage });

interface Case {
  readonly task: string;
  readonly error: string;
  readonly cause?: string;
  readonly blame: Blame;
}

const light = (error: string, blame: Blame, cause = ""): Case => ({ task: "RunLight", error, cause, blame });
const spark = (message: string | undefined, blame: Blame, state?: string): Case => ({
  task: "RunSpark",
  error: "States.TaskFailed",
  cause: failedJob(message, state),
  blame,
});

const CASES: readonly Case[] = [
  light("UnreadableFile", "data", "a.csv.gz: unexpected end of file"),
  light("TooLargeForLightEngine", "data"),
  light("Runtime.OutOfMemory", "data"),
  light("Sandbox.Timedout", "data"),
  light("States.Timeout", "data"),
  light("Runtime.ExitError", "data", "RequestId: 1 Error: Runtime exited with error: signal: killed"),
  light("Lambda.Unknown", "data", '{"errorMessage":"2026-01-01T00:00:00Z 1 Task timed out after 900.00 seconds"}'),
  light("Runtime.ExitError", "fault", "RequestId: 1 Error: Runtime exited with error: exit status 1"),
  light("Runtime.ImportModuleError", "fault", "Cannot find module 'index'"),
  light("Lambda.Unknown", "fault", "The cause could not be determined"),
  light("Lambda.TooManyRequestsException", "busy", "Rate Exceeded."),
  light("Lambda.ServiceException", "busy"),
  light("Lambda.SdkClientException", "busy"),
  light("Lambda.EC2ThrottledException", "busy"),
  light("Lambda.ENILimitReachedException", "busy"),
  light("Lambda.ServiceQuotaExceededException", "busy"),
  light("Lambda.AWSLambdaException", "busy", "Service returned error: Rate exceeded (Status Code: 429)"),
  light("Lambda.AWSLambdaException", "denied", "User: r is not authorized to perform: lambda:InvokeFunction"),
  light("Lambda.AWSLambdaException", "fault", "The function is of another planet"),
  light("Lambda.KMSAccessDeniedException", "denied"),
  light("Lambda.KMSDisabledException", "denied"),
  light("Lambda.ResourceNotFoundException", "fault"),
  light("States.Permissions", "denied"),
  light("TransientError", "busy", "SlowDown: reduce your request rate"),
  light("AccessDenied", "denied", "User is not authorized to perform: s3:GetObject"),
  light("AccessDeniedException", "denied"),
  light("InvalidContract", "fault", "contract.json is not JSON"),
  light("TypeError", "fault", "undefined is not a function"),
  light("Error", "fault", "Binder Error: column x does not exist"),
  light("Error", "fault", "a value in the file says: access denied, rate exceeded, UnreadableFile: "),
  spark("UnreadableFile: the gzip data ends too early", "data"),
  spark("Error Category: UNCLASSIFIED_ERROR; Failed Line Number: 6; UnreadableFile: the gzip data is damaged", "data"),
  spark("An error occurred while calling o1.parquet. Access Denied (Service: Amazon S3; Status Code: 403)", "denied"),
  spark("SlowDown: Please reduce your request rate (Status Code: 503)", "busy"),
  spark("Exceeded maximum concurrent capacity for your account: resource unavailable", "busy"),
  spark("EtlError: a row without a value of a partition key was accepted", "fault"),
  spark("java.lang.OutOfMemoryError: Java heap space", "fault"),
  spark(undefined, "fault", "TIMEOUT"),
  { task: "RunSpark", error: "States.TaskFailed", cause: "no JSON, although UnreadableFile: is in it", blame: "fault" },
  { task: "RunSpark", error: "States.Timeout", blame: "busy" },
  { task: "RunSpark", error: "Glue.ConcurrentRunsExceededException", blame: "busy" },
  { task: "RunSpark", error: "Glue.ResourceNumberLimitExceededException", blame: "busy" },
  { task: "RunSpark", error: "Glue.AWSGlueException", cause: "ThrottlingException: Rate exceeded", blame: "busy" },
  {
    task: "RunSpark",
    error: "Glue.AWSGlueException",
    cause: "not authorized to perform: glue:StartJobRun",
    blame: "denied",
  },
  { task: "RunSpark", error: "Glue.EntityNotFoundException", blame: "fault" },
  // No state but an engine's can say that a file is to blame.
  { task: "Commit", error: "UnreadableFile", blame: "fault" },
  { task: "Commit", error: "ManifestInvalid", blame: "fault" },
  { task: "Commit", error: "ManifestMissing", blame: "fault" },
  { task: "Commit", error: "LeaseLost", blame: "busy" },
  { task: "Commit", error: "Sandbox.Timedout", blame: "busy" },
  { task: "RegisterPartitions", error: "Runtime.OutOfMemory", blame: "fault" },
  { task: "RegisterPartitions", error: "PartitionsNotRegistered", blame: "fault" },
];

describe("what a run failed for", () => {
  for (const { task, error, cause = "", blame } of CASES) {
    it(`is ${blame} when ${task} ends with ${error}${cause ? ` (${cause.slice(0, 70)})` : ""}`, () => {
      assert.equal(blameOf({ task, error, cause }), blame);
    });
  }
});

describe("an engine whose call failed", () => {
  const cases: readonly (readonly [string, string, string, boolean])[] = [
    ["RunLight", "Lambda.SdkClientException", "the connection broke", true],
    ["RunLight", "Lambda.TooManyRequestsException", "", false],
    ["RunLight", "Sandbox.Timedout", "", false],
    ["RunLight", "TypeError", "", false],
    ["RunSpark", "Glue.InternalServiceException", "", true],
    ["RunSpark", "Glue.AWSGlueException", "the connection was reset", true],
    ["RunSpark", "Glue.AWSGlueException", "Rate exceeded", false],
    ["RunSpark", "Glue.AWSGlueException", "not authorized to perform: glue:StartJobRun", false],
    ["RunSpark", "Glue.ConcurrentRunsExceededException", "", false],
    ["RunSpark", "States.TaskFailed", failedJob("x"), false],
    ["RunSpark", "States.Timeout", "", false],
    ["Commit", "Lambda.SdkClientException", "", false],
  ];
  for (const [task, error, cause, expected] of cases) {
    it(`${expected ? "may still be at work" : "is not at work"} after ${task} ended with ${error} (${cause})`, () => {
      assert.equal(mayStillRun({ task, error, cause }), expected);
    });
  }
});
