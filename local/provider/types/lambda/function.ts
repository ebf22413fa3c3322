import * as lambda from "@aws-sdk/client-lambda";
import type { FunctionArgs } from "@pulumi/aws/lambda";
import { define, type Context, type Inputs, type Props } from "../../handler";
import { fromApi, retag, toApi } from "../../shape";
import { functionCode } from "./code";

type FunctionInputs = Inputs<FunctionArgs>;

const CODE_INPUTS = ["code", "sourceCodeHash", "s3Bucket", "s3Key", "s3ObjectVersion"];
const noVpc = "the local cloud has no networks";

export const lambdaFunction = define<FunctionArgs>({
  type: "aws:lambda/function:Function",
  outputs: [
    "arn",
    "invokeArn",
    "lastModified",
    "qualifiedArn",
    "qualifiedInvokeArn",
    "responseStreamingInvokeArn",
    "signingJobArn",
    "signingProfileVersionArn",
    "sourceCodeSize",
    "version",
  ],
  changing: ["lastModified", "codeSha256", "sourceCodeSize", "version", "qualifiedArn", "qualifiedInvokeArn"],
  replaceOn: ["name", "packageType", "durableConfig"],
  defaults: {
    memorySize: 128,
    timeout: 3,
    packageType: "Zip",
    architectures: ["x86_64"],
    reservedConcurrentExecutions: -1,
    ephemeralStorage: { size: 512 },
    tracingConfig: { mode: "PassThrough" },
  },
  keeps: [
    "name",
    "architectures",
    "codeSha256",
    "ephemeralStorage",
    "loggingConfig",
    "sourceCodeHash",
    "tracingConfig",
  ],
  unordered: ["architectures"],
  settings: [
    "skipDestroy",
    "replaceSecurityGroupsOnDestroy",
    "replacementSecurityGroupIds",
    "useResourceTimeoutForPropagation",
  ],
  refuses: {
    capacityProviderConfig: "the local cloud runs functions as processes of this machine",
    codeSigningConfigArn: "the local cloud signs no code",
    fileSystemConfig: noVpc,
    imageUri: "the local cloud runs no containers: give code, a FileArchive",
    vpcConfig: noVpc,
  },
  autoname: { property: "name", maxLength: 64 },
  taggable: true,
  async create(ctx, inputs, exists) {
    const client = ctx.client(lambda.LambdaClient);
    const FunctionName = inputs.name ?? "";
    await client.send(
      new lambda.CreateFunctionCommand({
        ...configuration(inputs),
        FunctionName,
        Code: await functionCode(ctx, inputs as Props),
        PackageType: inputs.packageType as lambda.PackageType | undefined,
        Architectures: inputs.architectures as lambda.Architecture[] | undefined,
        Publish: inputs.publish,
        Tags: inputs.tags,
      }),
    );
    exists(FunctionName);
    await active(ctx, FunctionName);
    if (inputs.reservedConcurrentExecutions !== undefined)
      await reserve(ctx, FunctionName, inputs.reservedConcurrentExecutions);
    return FunctionName;
  },
  async read(ctx, FunctionName) {
    const client = ctx.client(lambda.LambdaClient);
    const answer = await client.send(new lambda.GetFunctionCommand({ FunctionName }));
    const found = answer.Configuration;
    if (!found) return undefined;
    const arn = found.FunctionArn ?? "";
    const version = found.Version ?? "$LATEST";
    const invoked = (functionArn: string, operation = "2015-03-31/functions", action = "invocations"): string =>
      `arn:${ctx.partition}:apigateway:${ctx.region}:lambda:path/${operation}/${functionArn}/${action}`;
    return {
      name: found.FunctionName,
      arn,
      version,
      invokeArn: invoked(arn),
      qualifiedArn: `${arn}:${version}`,
      qualifiedInvokeArn: invoked(`${arn}:${version}`),
      responseStreamingInvokeArn: invoked(arn, "2021-11-15/functions", "response-streaming-invocations"),
      lastModified: found.LastModified,
      codeSha256: found.CodeSha256,
      sourceCodeSize: found.CodeSize,
      role: found.Role,
      description: found.Description,
      handler: found.Handler,
      runtime: found.Runtime,
      memorySize: found.MemorySize,
      timeout: found.Timeout,
      packageType: found.PackageType,
      architectures: found.Architectures ?? ["x86_64"],
      kmsKeyArn: found.KMSKeyArn,
      layers: found.Layers?.map(({ Arn }) => Arn),
      deadLetterConfig: found.DeadLetterConfig?.TargetArn ? fromApi(found.DeadLetterConfig) : undefined,
      environment: found.Environment?.Variables ? { variables: found.Environment.Variables } : undefined,
      ephemeralStorage: found.EphemeralStorage ? fromApi(found.EphemeralStorage) : undefined,
      loggingConfig: found.LoggingConfig ? fromApi(found.LoggingConfig) : undefined,
      tracingConfig: found.TracingConfig ? fromApi(found.TracingConfig) : undefined,
      reservedConcurrentExecutions: answer.Concurrency?.ReservedConcurrentExecutions ?? -1,
      tags: answer.Tags ?? {},
    };
  },
  async update(ctx, FunctionName, olds, news, changed) {
    const client = ctx.client(lambda.LambdaClient);
    const codeChanged =
      CODE_INPUTS.some((name) => changed.has(name)) || changed.has("handler") || changed.has("architectures");
    const apart = new Set([...CODE_INPUTS, "architectures", "tags", "publish", "reservedConcurrentExecutions"]);
    if ([...changed].some((name) => !apart.has(name))) {
      await client.send(new lambda.UpdateFunctionConfigurationCommand({ ...configuration(news), FunctionName }));
      await active(ctx, FunctionName);
    }
    if (codeChanged) {
      await client.send(
        new lambda.UpdateFunctionCodeCommand({
          ...(await functionCode(ctx, news as Props)),
          FunctionName,
          Architectures: news.architectures as lambda.Architecture[] | undefined,
        }),
      );
      await active(ctx, FunctionName);
    }
    if (changed.has("reservedConcurrentExecutions"))
      await reserve(ctx, FunctionName, news.reservedConcurrentExecutions ?? -1);
    await retag(
      olds,
      news,
      (TagKeys) => client.send(new lambda.UntagResourceCommand({ Resource: String(olds.arn), TagKeys })),
      (Tags) => client.send(new lambda.TagResourceCommand({ Resource: String(olds.arn), Tags })),
    );
    if (news.publish) await client.send(new lambda.PublishVersionCommand({ FunctionName }));
  },
  async delete(ctx, FunctionName, { skipDestroy }) {
    if (!skipDestroy) await ctx.client(lambda.LambdaClient).send(new lambda.DeleteFunctionCommand({ FunctionName }));
  },
});

/** What create and update share; an update says of everything what it is, so that what was taken back goes. */
function configuration(
  inputs: FunctionInputs,
): Omit<lambda.UpdateFunctionConfigurationCommandInput, "FunctionName"> & { Role: string } {
  return {
    Role: inputs.role,
    Description: inputs.description ?? "",
    Handler: inputs.handler,
    Runtime: inputs.runtime as lambda.Runtime | undefined,
    MemorySize: inputs.memorySize ?? 128,
    Timeout: inputs.timeout ?? 3,
    KMSKeyArn: inputs.kmsKeyArn ?? "",
    Layers: inputs.layers ?? [],
    DeadLetterConfig: inputs.deadLetterConfig ? toApi(inputs.deadLetterConfig) : undefined,
    Environment: { Variables: inputs.environment?.variables ?? {} },
    EphemeralStorage: inputs.ephemeralStorage ? { Size: inputs.ephemeralStorage.size ?? 512 } : undefined,
    LoggingConfig: inputs.loggingConfig ? toApi(inputs.loggingConfig) : undefined,
    TracingConfig: inputs.tracingConfig ? toApi(inputs.tracingConfig) : undefined,
    SnapStart: inputs.snapStart ? { ApplyOn: inputs.snapStart.applyOn as lambda.SnapStartApplyOn } : undefined,
  };
}

/** A function takes no other change while one is under way. */
async function active({ client }: Context, FunctionName: string): Promise<void> {
  const waited = { client: client(lambda.LambdaClient), maxWaitTime: 120, minDelay: 0.05 as number, maxDelay: 1 };
  await lambda.waitUntilFunctionActiveV2(waited, { FunctionName });
  await lambda.waitUntilFunctionUpdatedV2(waited, { FunctionName });
}

async function reserve(ctx: Context, FunctionName: string, executions: number): Promise<void> {
  const client = ctx.client(lambda.LambdaClient);
  if (executions < 0) await client.send(new lambda.DeleteFunctionConcurrencyCommand({ FunctionName }));
  else {
    await client.send(
      new lambda.PutFunctionConcurrencyCommand({ FunctionName, ReservedConcurrentExecutions: executions }),
    );
  }
}
