import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { z } from "zod";
import { functionCode } from "./bundle";
import { DeadLetterQueue } from "../dead-letter-queue";
import type { EncryptionKey } from "../encryption-key";
import { serviceRole, type Statement } from "../iam";
import { logGroup } from "../log-group";
import { logRetentionDays } from "../log-retention";
import { PlatformComponent } from "../platform-component";
import type { NotificationTopic } from "../notification-topic";
import type { Resolved, Settings } from "../settings";

/** The folders under `functions/` that are Lambda functions. */
export type FunctionName =
  | "header-validator"
  | "run-coordinator"
  | "light-etl"
  | "quarantine"
  | "partition-registrar"
  | "sweep"
  | "change-log"
  | "websocket-connections"
  | "websocket-broadcast";

export const platformFunctionSettings = z.strictObject({
  memoryMiB: z.int().min(128).max(10240).default(256).describe("Memory, MiB."),
  timeoutSeconds: z.int().min(1).max(900).default(60).describe("Seconds after which an invocation is ended."),
  ephemeralStorageMiB: z.int().min(512).max(10240).default(512).describe("Size of `/tmp`, MiB."),
  architecture: z.enum(["x86_64", "arm64"]).default("x86_64").describe("Processor of the Lambda functions."),
  reservedConcurrency: z
    .int()
    .min(0)
    .max(100_000)
    .optional()
    .describe("Invocations at the same time that are reserved for the function; 0 stops it."),
  logRetentionDays,
});

/** The processor of a function. */
export type Architecture = Resolved<typeof platformFunctionSettings>["architecture"];

export interface PlatformFunctionArgs extends Settings<typeof platformFunctionSettings> {
  /** The folder under `functions/`. */
  readonly code: FunctionName;
  readonly description: string;
  readonly key: EncryptionKey;
  /** The function's rights, beyond its own logs and traces. */
  readonly statements: readonly Statement[];
  readonly environment?: Readonly<Record<string, pulumi.Input<string>>>;
  /** The queue of events that an asynchronous invocation could not handle. By default the function has a queue of its own. */
  readonly deadLetterQueueArn?: pulumi.Input<string>;
  /** Receives an alert when an event is in the function's own queue. */
  readonly alerts?: NotificationTopic;
  readonly transform?: { readonly function?: (args: aws.lambda.FunctionArgs) => aws.lambda.FunctionArgs };
}

/** The newest runtime of Node.js (https://docs.aws.amazon.com/lambda/latest/dg/lambda-runtimes.html). */
const RUNTIME = "nodejs24.x";

/**
 * A Lambda function of the platform: it is bundled from `functions/<name>` and has a role of its own, an encrypted environment,
 * encrypted logs with retention, and active tracing.
 *
 * @example
 * const key = new EncryptionKey("lake", { description: "Data lake" });
 * const alerts = new NotificationTopic("alerts", { key, emails: ["oncall@example.com"] });
 * const validator = new PlatformFunction("validator", {
 *   code: "header-validator",
 *   description: "Compares a file's header with its contract",
 *   key,
 *   alerts,
 *   statements: [],
 * });
 */
export class PlatformFunction extends PlatformComponent {
  readonly functionArn: pulumi.Output<string>;
  readonly functionName: pulumi.Output<string>;
  readonly roleArn: pulumi.Output<string>;
  readonly logGroupName: pulumi.Output<string>;
  /** The queue of events that the function could not handle; its role may send to it. */
  readonly deadLetterQueueArn: pulumi.Output<string>;

  constructor(name: string, args: PlatformFunctionArgs, opts: pulumi.ComponentResourceOptions = {}) {
    super("core", "PlatformFunction", name, opts);
    const settings = this.settings(platformFunctionSettings, args);
    const logs = logGroup(this.scope, "logs", { key: args.key, logRetentionDays: settings.logRetentionDays });
    const deadLetterQueueArn = pulumi.output(args.deadLetterQueueArn ?? this.unhandled(args).queueArn);
    const { role, policy } = serviceRole(this.scope, "role", {
      service: "lambda.amazonaws.com",
      description: args.description,
      // https://docs.aws.amazon.com/lambda/latest/dg/permissions-managed-policies.html
      sourceAccount: this.aws.accountId,
      statements: [
        {
          actions: ["logs:CreateLogStream", "logs:PutLogEvents"],
          resources: [pulumi.interpolate`${logs.arn}:*`],
        },
        // X-Ray has no resources to name: https://docs.aws.amazon.com/service-authorization/latest/reference/list_awsx-ray.html
        { actions: ["xray:PutTraceSegments", "xray:PutTelemetryRecords"], resources: ["*"] },
        ...args.key.grantEncryptDecrypt(),
        { actions: ["sqs:SendMessage"], resources: [deadLetterQueueArn] },
        ...args.statements,
      ],
    });
    const functionArgs: aws.lambda.FunctionArgs = {
      description: args.description,
      role: role.arn,
      runtime: RUNTIME,
      handler: "index.handler",
      architectures: [settings.architecture],
      code: new pulumi.asset.FileArchive(functionCode(args.code, { architecture: settings.architecture })),
      memorySize: settings.memoryMiB,
      timeout: settings.timeoutSeconds,
      ephemeralStorage: { size: settings.ephemeralStorageMiB },
      reservedConcurrentExecutions: settings.reservedConcurrency,
      kmsKeyArn: args.key.keyArn,
      environment: { variables: { ...args.environment, NODE_OPTIONS: "--enable-source-maps" } },
      tracingConfig: { mode: "Active" },
      loggingConfig: { logFormat: "JSON", logGroup: logs.name },
      deadLetterConfig: { targetArn: deadLetterQueueArn },
    };
    const fn = new aws.lambda.Function(
      `${name}-function`,
      args.transform?.function?.(functionArgs) ?? functionArgs,
      // A function invoked before its role may do anything would fail: the policy comes first.
      this.mainChild({ dependsOn: policy ? [policy] : [] }),
    );
    this.functionArn = fn.arn;
    this.functionName = fn.name;
    this.roleArn = role.arn;
    this.logGroupName = logs.name;
    this.deadLetterQueueArn = deadLetterQueueArn;
    this.registerOutputs({
      functionArn: this.functionArn,
      functionName: this.functionName,
      roleArn: this.roleArn,
      logGroupName: this.logGroupName,
      deadLetterQueueArn: this.deadLetterQueueArn,
    });
  }

  /** The function's own queue of events that it could not handle. */
  private unhandled({ key, alerts }: PlatformFunctionArgs): DeadLetterQueue {
    const name = `${this.name}-unhandled`;
    const meaning = `The function ${this.name} could not handle events. The queue ${name} keeps them for 14 days.`;
    return new DeadLetterQueue(name, { key, alerts, meaning }, this.child());
  }

  /** What a role needs to invoke the function. */
  grantInvoke(): Statement[] {
    return [
      { actions: ["lambda:InvokeFunction"], resources: [this.functionArn, pulumi.interpolate`${this.functionArn}:*`] },
    ];
  }
}
