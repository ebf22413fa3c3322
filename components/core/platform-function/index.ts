import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { functionCode } from "./bundle";
import { DeadLetterQueue } from "../dead-letter-queue";
import type { EncryptionKey } from "../encryption-key";
import { serviceRole, type Statement } from "../iam";
import { PlatformComponent } from "../platform-component";

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

export interface PlatformFunctionArgs {
  /** The folder under `functions/`. */
  readonly code: FunctionName;
  readonly description: string;
  readonly key: EncryptionKey;
  /** What the function may do, beyond its own logs and traces. */
  readonly statements: readonly Statement[];
  readonly environment?: Readonly<Record<string, pulumi.Input<string>>>;
  /** MiB, 128 to 10240. */
  readonly memoryMiB?: number;
  /** Seconds, 1 to 900. */
  readonly timeoutSeconds?: number;
  /** MiB of `/tmp`, 512 to 10240. */
  readonly ephemeralStorageMiB?: number;
  readonly architecture?: "x86_64" | "arm64";
  readonly reservedConcurrency?: number;
  readonly logRetentionDays?: number;
  /** Where events go that an asynchronous invocation could not handle. Default: a queue of the function's own. */
  readonly deadLetterQueueArn?: pulumi.Input<string>;
  readonly permissionsBoundary?: pulumi.Input<string>;
  readonly transform?: { readonly function?: (args: aws.lambda.FunctionArgs) => aws.lambda.FunctionArgs };
}

export const PLATFORM_FUNCTION_DEFAULTS = {
  memoryMiB: 256,
  timeoutSeconds: 60,
  ephemeralStorageMiB: 512,
  architecture: "x86_64" as const,
  logRetentionDays: 30,
};

/** https://docs.aws.amazon.com/lambda/latest/dg/lambda-runtimes.html */
const RUNTIME = "nodejs24.x";

/**
 * A Lambda function of the platform: bundled from `functions/<name>`, a role of its own, encrypted environment and logs with
 * retention, active tracing.
 *
 * @example
 * const key = new EncryptionKey("lake", { description: "Data lake" });
 * const validator = new PlatformFunction("validator", {
 *   code: "header-validator",
 *   description: "Compares a file's header with its contract",
 *   key,
 *   statements: [],
 * });
 */
export class PlatformFunction extends PlatformComponent {
  readonly functionArn: pulumi.Output<string>;
  readonly functionName: pulumi.Output<string>;
  readonly roleArn: pulumi.Output<string>;
  readonly logGroupName: pulumi.Output<string>;
  /** Where events end that the function could not handle; its role may send there. */
  readonly deadLetterQueueArn: pulumi.Output<string>;

  constructor(name: string, args: PlatformFunctionArgs, opts: pulumi.ComponentResourceOptions = {}) {
    super("core", name, opts, "PlatformFunction");
    const memoryMiB = args.memoryMiB ?? PLATFORM_FUNCTION_DEFAULTS.memoryMiB;
    const timeoutSeconds = args.timeoutSeconds ?? PLATFORM_FUNCTION_DEFAULTS.timeoutSeconds;
    const ephemeralStorageMiB = args.ephemeralStorageMiB ?? PLATFORM_FUNCTION_DEFAULTS.ephemeralStorageMiB;
    const architecture = args.architecture ?? PLATFORM_FUNCTION_DEFAULTS.architecture;
    this.check.integer("memoryMiB", memoryMiB, 128, 10240);
    this.check.integer("timeoutSeconds", timeoutSeconds, 1, 900);
    this.check.integer("ephemeralStorageMiB", ephemeralStorageMiB, 512, 10240);
    this.check.integer("reservedConcurrency", args.reservedConcurrency, 0, 100_000);
    this.check.oneOf("architecture", architecture, ["x86_64", "arm64"]);

    const logGroup = new aws.cloudwatch.LogGroup(
      `${name}-logs`,
      {
        retentionInDays: args.logRetentionDays ?? PLATFORM_FUNCTION_DEFAULTS.logRetentionDays,
        kmsKeyId: args.key.keyArn,
      },
      this.child(),
    );
    const deadLetterQueueArn = pulumi.output(
      args.deadLetterQueueArn ?? new DeadLetterQueue(`${name}-unhandled`, { key: args.key }, this.child()).queueArn,
    );
    const { role, policy } = serviceRole(
      `${name}-role`,
      {
        service: "lambda.amazonaws.com",
        description: args.description,
        permissionsBoundary: args.permissionsBoundary,
        statements: [
          {
            actions: ["logs:CreateLogStream", "logs:PutLogEvents"],
            resources: [pulumi.interpolate`${logGroup.arn}:*`],
          },
          // X-Ray has no resources to name: https://docs.aws.amazon.com/service-authorization/latest/reference/list_awsx-ray.html
          { actions: ["xray:PutTraceSegments", "xray:PutTelemetryRecords"], resources: ["*"] },
          ...args.key.grantEncryptDecrypt(),
          { actions: ["sqs:SendMessage"], resources: [deadLetterQueueArn] },
          ...args.statements,
        ],
      },
      this.child(),
    );
    const functionArgs: aws.lambda.FunctionArgs = {
      description: args.description,
      role: role.arn,
      runtime: RUNTIME,
      handler: "index.handler",
      architectures: [architecture],
      code: new pulumi.asset.FileArchive(functionCode(args.code, { architecture })),
      memorySize: memoryMiB,
      timeout: timeoutSeconds,
      ephemeralStorage: { size: ephemeralStorageMiB },
      reservedConcurrentExecutions: args.reservedConcurrency,
      kmsKeyArn: args.key.keyArn,
      environment: { variables: { ...args.environment, NODE_OPTIONS: "--enable-source-maps" } },
      tracingConfig: { mode: "Active" },
      loggingConfig: { logFormat: "JSON", logGroup: logGroup.name },
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
    this.logGroupName = logGroup.name;
    this.deadLetterQueueArn = deadLetterQueueArn;
    this.registerOutputs({
      functionArn: this.functionArn,
      functionName: this.functionName,
      roleArn: this.roleArn,
      logGroupName: this.logGroupName,
      deadLetterQueueArn: this.deadLetterQueueArn,
    });
  }

  /** What a role needs to invoke the function. */
  grantInvoke(): Statement[] {
    return [
      { actions: ["lambda:InvokeFunction"], resources: [this.functionArn, pulumi.interpolate`${this.functionArn}:*`] },
    ];
  }
}
