import * as lambda from "@aws-sdk/client-lambda";
import type {
  AliasArgs,
  EventSourceMappingArgs,
  FunctionEventInvokeConfigArgs,
  PermissionArgs,
} from "@pulumi/aws/lambda";
import { define, type Inputs } from "../../handler";
import { fromApi, toApi } from "../../shape";
import { retagLambda } from "./tags";

export const permission = define<PermissionArgs>({
  type: "aws:lambda/permission:Permission",
  outputs: [],
  replaceOn: [
    "action",
    "eventSourceToken",
    "function",
    "functionUrlAuthType",
    "invokedViaFunctionUrl",
    "principal",
    "principalOrgId",
    "qualifier",
    "sourceAccount",
    "sourceArn",
    "statementId",
    "statementIdPrefix",
  ],
  keeps: ["statementId"],
  autoname: { property: "statementId", prefix: "statementIdPrefix", maxLength: 100 },
  async create(ctx, inputs) {
    const StatementId = inputs.statementId ?? "";
    await ctx.client(lambda.LambdaClient).send(
      new lambda.AddPermissionCommand({
        FunctionName: String(inputs.function),
        StatementId,
        Action: inputs.action,
        Principal: inputs.principal,
        PrincipalOrgID: inputs.principalOrgId,
        Qualifier: inputs.qualifier,
        SourceAccount: inputs.sourceAccount,
        SourceArn: inputs.sourceArn,
        EventSourceToken: inputs.eventSourceToken,
        FunctionUrlAuthType: inputs.functionUrlAuthType as lambda.FunctionUrlAuthType | undefined,
        InvokedViaFunctionUrl: inputs.invokedViaFunctionUrl,
      }),
    );
    return StatementId;
  },
  async read(ctx, id, known) {
    // An import gives `<function>/<statement id>`: the statement alone says nothing of its function.
    const slash = id.indexOf("/");
    const FunctionName = known.function === undefined ? id.slice(0, slash) : String(known.function);
    const Sid = known.function === undefined ? id.slice(slash + 1) : id;
    const { Policy } = await ctx
      .client(lambda.LambdaClient)
      .send(new lambda.GetPolicyCommand({ FunctionName, Qualifier: known.qualifier }));
    const { Statement } = JSON.parse(Policy ?? `{"Statement":[]}`) as { Statement: PolicyStatement[] };
    const found = Statement.find((statement) => statement.Sid === Sid);
    if (!found) return undefined;
    const principal =
      typeof found.Principal === "string" ? found.Principal : (found.Principal.Service ?? found.Principal.AWS);
    const condition = (operator: string, key: string): string | undefined =>
      Object.entries(found.Condition ?? {})
        .filter(([name]) => name.startsWith(operator))
        .map(([, keys]) => Object.entries(keys).find(([name]) => name.toLowerCase() === key)?.[1])
        .find((value) => value !== undefined);
    return {
      function: FunctionName,
      statementId: Sid,
      action: Array.isArray(found.Action) ? found.Action[0] : found.Action,
      // For an account AWS writes the ARN of its root.
      principal: /^arn:[^:]*:iam::(\d{12}):root$/.exec(principal ?? "")?.[1] ?? principal,
      sourceArn: condition("Arn", "aws:sourcearn"),
      sourceAccount: condition("String", "aws:sourceaccount"),
    };
  },
  async delete(ctx, id, known) {
    await ctx.client(lambda.LambdaClient).send(
      new lambda.RemovePermissionCommand({
        FunctionName: String(known.function),
        StatementId: known.statementId ?? id,
        Qualifier: known.qualifier,
      }),
    );
  },
});

interface PolicyStatement {
  readonly Sid: string;
  readonly Action: string | readonly string[];
  readonly Principal: string | { readonly Service?: string; readonly AWS?: string };
  readonly Condition?: Readonly<Record<string, Readonly<Record<string, string>>>>;
}

type MappingInputs = Inputs<EventSourceMappingArgs>;

const notLocal = "the local cloud has no such event source: streams, tables and queues only";

export const eventSourceMapping = define<EventSourceMappingArgs>({
  type: "aws:lambda/eventSourceMapping:EventSourceMapping",
  outputs: ["arn", "functionArn", "lastModified", "lastProcessingResult", "state", "stateTransitionReason", "uuid"],
  changing: ["functionArn", "lastModified", "state", "stateTransitionReason"],
  replaceOn: ["eventSourceArn", "startingPosition", "startingPositionTimestamp"],
  defaults: { enabled: true },
  keeps: [
    "batchSize",
    "maximumBatchingWindowInSeconds",
    "maximumRecordAgeInSeconds",
    "maximumRetryAttempts",
    "parallelizationFactor",
  ],
  unordered: ["filterCriteria.filters", "functionResponseTypes"],
  refuses: {
    amazonManagedKafkaEventSourceConfig: notLocal,
    documentDbEventSourceConfig: notLocal,
    selfManagedEventSource: notLocal,
    selfManagedKafkaEventSourceConfig: notLocal,
    sourceAccessConfigurations: notLocal,
    queues: notLocal,
    topics: notLocal,
    provisionedPollerConfig: notLocal,
  },
  taggable: true,
  async create(ctx, inputs) {
    const { UUID } = await ctx.client(lambda.LambdaClient).send(
      new lambda.CreateEventSourceMappingCommand({
        ...mapping(inputs),
        FunctionName: inputs.functionName,
        EventSourceArn: inputs.eventSourceArn,
        StartingPosition: inputs.startingPosition as lambda.EventSourcePosition | undefined,
        StartingPositionTimestamp: inputs.startingPositionTimestamp
          ? new Date(inputs.startingPositionTimestamp)
          : undefined,
        Tags: inputs.tags,
      }),
    );
    return UUID ?? "";
  },
  async read(ctx, UUID, known) {
    const client = ctx.client(lambda.LambdaClient);
    const found = await client.send(new lambda.GetEventSourceMappingCommand({ UUID }));
    const arn = found.EventSourceMappingArn ?? ctx.arn("lambda", `event-source-mapping:${UUID}`);
    const { Tags } = await client
      .send(new lambda.ListTagsCommand({ Resource: arn }))
      .catch(() => ({ Tags: known.tags }));
    const name = found.FunctionArn?.split(":")[6];
    return {
      arn,
      uuid: UUID,
      functionArn: found.FunctionArn,
      // The program may name the function by its name or its ARN.
      functionName: known.functionName === name ? name : found.FunctionArn,
      eventSourceArn: found.EventSourceArn,
      batchSize: found.BatchSize,
      maximumBatchingWindowInSeconds: found.MaximumBatchingWindowInSeconds,
      maximumRecordAgeInSeconds: found.MaximumRecordAgeInSeconds,
      maximumRetryAttempts: found.MaximumRetryAttempts,
      parallelizationFactor: found.ParallelizationFactor,
      bisectBatchOnFunctionError: found.BisectBatchOnFunctionError,
      startingPosition: found.StartingPosition,
      tumblingWindowInSeconds: found.TumblingWindowInSeconds || undefined,
      functionResponseTypes: found.FunctionResponseTypes,
      filterCriteria: found.FilterCriteria?.Filters?.length ? fromApi(found.FilterCriteria) : undefined,
      destinationConfig: found.DestinationConfig?.OnFailure?.Destination
        ? { onFailure: { destinationArn: found.DestinationConfig.OnFailure.Destination } }
        : undefined,
      scalingConfig: found.ScalingConfig?.MaximumConcurrency ? fromApi(found.ScalingConfig) : undefined,
      enabled: !/^(Disabl|Disabled)/.test(found.State ?? ""),
      state: found.State,
      stateTransitionReason: found.StateTransitionReason,
      lastModified: found.LastModified,
      lastProcessingResult: found.LastProcessingResult,
      tags: Tags ?? {},
    };
  },
  async update(ctx, UUID, olds, news) {
    const client = ctx.client(lambda.LambdaClient);
    await client.send(
      new lambda.UpdateEventSourceMappingCommand({ ...mapping(news), UUID, FunctionName: news.functionName }),
    );
    await retagLambda(client, olds, news);
  },
  async delete(ctx, UUID) {
    await ctx.client(lambda.LambdaClient).send(new lambda.DeleteEventSourceMappingCommand({ UUID }));
  },
});

function mapping(inputs: MappingInputs): Omit<lambda.UpdateEventSourceMappingCommandInput, "UUID" | "FunctionName"> {
  const failed = inputs.destinationConfig?.onFailure?.destinationArn;
  return {
    Enabled: inputs.enabled ?? true,
    BatchSize: inputs.batchSize,
    MaximumBatchingWindowInSeconds: inputs.maximumBatchingWindowInSeconds,
    MaximumRecordAgeInSeconds: inputs.maximumRecordAgeInSeconds,
    MaximumRetryAttempts: inputs.maximumRetryAttempts,
    ParallelizationFactor: inputs.parallelizationFactor,
    BisectBatchOnFunctionError: inputs.bisectBatchOnFunctionError,
    TumblingWindowInSeconds: inputs.tumblingWindowInSeconds,
    FunctionResponseTypes: inputs.functionResponseTypes as lambda.FunctionResponseType[] | undefined,
    FilterCriteria: toApi(inputs.filterCriteria),
    KMSKeyArn: inputs.kmsKeyArn,
    ScalingConfig: toApi(inputs.scalingConfig),
    MetricsConfig: toApi(inputs.metricsConfig),
    DestinationConfig: failed ? { OnFailure: { Destination: failed } } : undefined,
  };
}

export const functionEventInvokeConfig = define<FunctionEventInvokeConfigArgs>({
  type: "aws:lambda/functionEventInvokeConfig:FunctionEventInvokeConfig",
  outputs: [],
  replaceOn: ["functionName", "qualifier"],
  defaults: { maximumRetryAttempts: 2 },
  async create(ctx, inputs) {
    await ctx.client(lambda.LambdaClient).send(invokeConfig(inputs));
    return inputs.qualifier ? `${inputs.functionName}:${inputs.qualifier}` : inputs.functionName;
  },
  async read(ctx, id, known) {
    const FunctionName = known.functionName ?? id;
    const found = await ctx
      .client(lambda.LambdaClient)
      .send(new lambda.GetFunctionEventInvokeConfigCommand({ FunctionName, Qualifier: known.qualifier }));
    const { OnFailure, OnSuccess } = found.DestinationConfig ?? {};
    return {
      functionName: FunctionName,
      maximumEventAgeInSeconds: found.MaximumEventAgeInSeconds,
      maximumRetryAttempts: found.MaximumRetryAttempts ?? 2,
      destinationConfig: {
        onFailure: OnFailure?.Destination ? { destination: OnFailure.Destination } : undefined,
        onSuccess: OnSuccess?.Destination ? { destination: OnSuccess.Destination } : undefined,
      },
    };
  },
  async update(ctx, _id, _olds, news) {
    await ctx.client(lambda.LambdaClient).send(invokeConfig(news));
  },
  async delete(ctx, _id, { functionName, qualifier }) {
    await ctx
      .client(lambda.LambdaClient)
      .send(new lambda.DeleteFunctionEventInvokeConfigCommand({ FunctionName: functionName, Qualifier: qualifier }));
  },
});

const invokeConfig = (inputs: Inputs<FunctionEventInvokeConfigArgs>): lambda.PutFunctionEventInvokeConfigCommand =>
  new lambda.PutFunctionEventInvokeConfigCommand({
    FunctionName: inputs.functionName,
    Qualifier: inputs.qualifier,
    MaximumEventAgeInSeconds: inputs.maximumEventAgeInSeconds,
    MaximumRetryAttempts: inputs.maximumRetryAttempts ?? 2,
    DestinationConfig: toApi(inputs.destinationConfig),
  });

export const alias = define<AliasArgs>({
  type: "aws:lambda/alias:Alias",
  outputs: ["arn", "invokeArn"],
  replaceOn: ["functionName", "name"],
  keeps: ["name"],
  autoname: { property: "name", maxLength: 128 },
  async create(ctx, inputs) {
    const { AliasArn } = await ctx.client(lambda.LambdaClient).send(
      new lambda.CreateAliasCommand({
        FunctionName: inputs.functionName,
        Name: inputs.name,
        FunctionVersion: inputs.functionVersion,
        Description: inputs.description,
        RoutingConfig: routing(inputs),
      }),
    );
    return AliasArn ?? "";
  },
  async read(ctx, id, known) {
    const parts = id.split(":");
    const [functionName, name] = parts.length > 2 ? [parts[6], parts[7]] : id.split("/");
    const found = await ctx
      .client(lambda.LambdaClient)
      .send(new lambda.GetAliasCommand({ FunctionName: functionName, Name: name }));
    const arn = found.AliasArn ?? "";
    return {
      arn,
      invokeArn: `arn:${ctx.partition}:apigateway:${ctx.region}:lambda:path/2015-03-31/functions/${arn}/invocations`,
      functionName: known.functionName?.startsWith("arn:") ? known.functionName : functionName,
      name: found.Name,
      functionVersion: found.FunctionVersion,
      description: found.Description,
      routingConfig: found.RoutingConfig?.AdditionalVersionWeights
        ? { additionalVersionWeights: found.RoutingConfig.AdditionalVersionWeights }
        : undefined,
    };
  },
  async update(ctx, _id, _olds, news) {
    await ctx.client(lambda.LambdaClient).send(
      new lambda.UpdateAliasCommand({
        FunctionName: news.functionName,
        Name: news.name,
        FunctionVersion: news.functionVersion,
        Description: news.description ?? "",
        RoutingConfig: routing(news) ?? { AdditionalVersionWeights: {} },
      }),
    );
  },
  async delete(ctx, _id, { functionName, name }) {
    await ctx
      .client(lambda.LambdaClient)
      .send(new lambda.DeleteAliasCommand({ FunctionName: functionName, Name: name }));
  },
});

const routing = ({ routingConfig }: Inputs<AliasArgs>): lambda.AliasRoutingConfiguration | undefined =>
  routingConfig && { AdditionalVersionWeights: routingConfig.additionalVersionWeights };
