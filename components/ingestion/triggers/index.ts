import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { MARKER_SUFFIXES } from "../../../contracts/markers";
import { serviceRole } from "../../core/iam";
import type { Scope } from "../../core/scope";
import type { SecureBucket } from "../../storage/secure-bucket";
import { buildSchedules, RETRIES, type SchedulesArgs } from "./schedules";

export interface TriggersArgs extends SchedulesArgs {
  /** The zone whose files start the flow. */
  readonly raw: SecureBucket;
}

/** Makes what starts the flow: files in the raw zone, the schedules of datasets, and the sweep. */
export function buildTriggers(scope: Scope, args: TriggersArgs): void {
  const { machine, raw, deadLetters } = args;
  const { role } = serviceRole(scope, "events-role", {
    service: "events.amazonaws.com",
    description: "Lets EventBridge start the ingestion flow",
    sourceAccount: scope.aws.accountId,
    statements: [{ actions: ["states:StartExecution"], resources: [machine.arn] }],
  });
  const arrived = new aws.cloudwatch.EventRule(
    `${scope.name}-file-arrived`,
    {
      description: "Starts the ingestion flow for each new file of the raw zone",
      eventPattern: pulumi.jsonStringify({
        source: ["aws.s3"],
        "detail-type": ["Object Created"],
        detail: {
          bucket: { name: [raw.bucketName] },
          object: { key: [{ "anything-but": { suffix: MARKER_SUFFIXES } }] },
        },
      }),
    },
    scope.child(),
  );
  new aws.cloudwatch.EventTarget(
    `${scope.name}-file-arrived-target`,
    {
      rule: arrived.name,
      arn: machine.arn,
      roleArn: role.arn,
      deadLetterConfig: { arn: deadLetters.queueArn },
      retryPolicy: RETRIES,
    },
    scope.child(),
  );
  buildSchedules(scope, args);
}
