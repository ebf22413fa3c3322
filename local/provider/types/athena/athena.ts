import * as athena from "@aws-sdk/client-athena";
import type { NamedQueryArgs, WorkgroupArgs } from "@pulumi/aws/athena";
import { define, type Context, type Inputs } from "../../handler";
import { tagChanges, tagList, tagMap } from "../../shape";

const send = (ctx: Context): athena.AthenaClient => ctx.client(athena.AthenaClient);

function configuration(inputs: Inputs<WorkgroupArgs>): athena.WorkGroupConfiguration {
  const given = inputs.configuration ?? {};
  const results = given.resultConfiguration;
  return {
    EnforceWorkGroupConfiguration: given.enforceWorkgroupConfiguration ?? true,
    PublishCloudWatchMetricsEnabled: given.publishCloudwatchMetricsEnabled ?? true,
    RequesterPaysEnabled: given.requesterPaysEnabled ?? false,
    BytesScannedCutoffPerQuery: given.bytesScannedCutoffPerQuery,
    EngineVersion: given.engineVersion && { SelectedEngineVersion: given.engineVersion.selectedEngineVersion },
    ExecutionRole: given.executionRole,
    ResultConfiguration: results && {
      OutputLocation: results.outputLocation,
      ExpectedBucketOwner: results.expectedBucketOwner,
      EncryptionConfiguration: results.encryptionConfiguration && {
        EncryptionOption: results.encryptionConfiguration.encryptionOption as athena.EncryptionOption,
        KmsKey: results.encryptionConfiguration.kmsKeyArn,
      },
    },
  };
}

export const workgroup = define<WorkgroupArgs>({
  type: "aws:athena/workgroup:Workgroup",
  outputs: ["arn"],
  replaceOn: ["name"],
  defaults: { state: "ENABLED" },
  keeps: ["name", "configuration"],
  settings: ["forceDestroy"],
  autoname: { property: "name", maxLength: 128 },
  taggable: true,
  async create(ctx, inputs) {
    await send(ctx).send(
      new athena.CreateWorkGroupCommand({
        Name: inputs.name,
        Description: inputs.description,
        Configuration: configuration(inputs),
        Tags: tagList(inputs.tags),
      }),
    );
    if (inputs.state === "DISABLED")
      await send(ctx).send(new athena.UpdateWorkGroupCommand({ WorkGroup: inputs.name, State: "DISABLED" }));
    return inputs.name ?? "";
  },
  async read(ctx, WorkGroup, known) {
    const { WorkGroup: group } = await send(ctx)
      .send(new athena.GetWorkGroupCommand({ WorkGroup }))
      .catch((error: Error) => {
        // Athena has no error of its own for "there is none".
        if (error.name === "InvalidRequestException" && /not found/i.test(error.message))
          return { WorkGroup: undefined };
        throw error;
      });
    if (!group) return undefined;
    const arn = ctx.arn("athena", `workgroup/${group.Name}`);
    const { Tags } = await send(ctx).send(new athena.ListTagsForResourceCommand({ ResourceARN: arn }));
    const held = group.Configuration ?? {};
    const wanted = known.configuration ?? {};
    const results = held.ResultConfiguration;
    const encryption = results?.EncryptionConfiguration;
    // What nobody asked for and AWS assumes is no setting.
    const told = (value: boolean | undefined, given: boolean | undefined, assumed: boolean): boolean | undefined =>
      given === undefined && (value ?? assumed) === assumed ? undefined : (value ?? given);
    const kept = <T>(value: T | undefined, given: T | undefined): T | undefined =>
      given === undefined ? undefined : (value ?? given);
    return {
      name: group.Name,
      arn,
      description: group.Description || undefined,
      state: group.State ?? "ENABLED",
      configuration: {
        enforceWorkgroupConfiguration: told(
          held.EnforceWorkGroupConfiguration,
          wanted.enforceWorkgroupConfiguration,
          true,
        ),
        publishCloudwatchMetricsEnabled: told(
          held.PublishCloudWatchMetricsEnabled,
          wanted.publishCloudwatchMetricsEnabled,
          true,
        ),
        requesterPaysEnabled: told(held.RequesterPaysEnabled, wanted.requesterPaysEnabled, false),
        bytesScannedCutoffPerQuery: held.BytesScannedCutoffPerQuery,
        executionRole: held.ExecutionRole,
        engineVersion: wanted.engineVersion && {
          selectedEngineVersion:
            held.EngineVersion?.SelectedEngineVersion ?? wanted.engineVersion.selectedEngineVersion,
        },
        resultConfiguration: results && {
          outputLocation: results.OutputLocation,
          expectedBucketOwner: kept(results.ExpectedBucketOwner, wanted.resultConfiguration?.expectedBucketOwner),
          encryptionConfiguration: encryption && {
            encryptionOption: encryption.EncryptionOption,
            kmsKeyArn: encryption.KmsKey,
          },
        },
      },
      tags: tagMap((Tags ?? []).map(({ Key, Value }) => ({ Key, Value }))),
    };
  },
  async update(ctx, WorkGroup, olds, news) {
    const { EngineVersion, ResultConfiguration, ...rest } = configuration(news);
    await send(ctx).send(
      new athena.UpdateWorkGroupCommand({
        WorkGroup,
        Description: news.description ?? "",
        State: (news.state ?? "ENABLED") as athena.WorkGroupState,
        ConfigurationUpdates: {
          ...rest,
          EngineVersion,
          RemoveBytesScannedCutoffPerQuery: rest.BytesScannedCutoffPerQuery === undefined,
          ResultConfigurationUpdates: ResultConfiguration,
        },
      }),
    );
    const { set, remove } = tagChanges(olds.tags, news.tags);
    const ResourceARN = String(olds.arn);
    if (remove.length > 0) await send(ctx).send(new athena.UntagResourceCommand({ ResourceARN, TagKeys: remove }));
    if (Object.keys(set).length > 0)
      await send(ctx).send(new athena.TagResourceCommand({ ResourceARN, Tags: tagList(set) }));
  },
  async delete(ctx, WorkGroup, { forceDestroy }) {
    await send(ctx).send(
      new athena.DeleteWorkGroupCommand({ WorkGroup, RecursiveDeleteOption: forceDestroy ?? false }),
    );
  },
});

export const namedQuery = define<NamedQueryArgs>({
  type: "aws:athena/namedQuery:NamedQuery",
  outputs: [],
  replaceOn: ["name", "database", "description", "query", "workgroup"],
  defaults: { workgroup: "primary" },
  keeps: ["name"],
  autoname: { property: "name", maxLength: 128 },
  async create(ctx, inputs) {
    const { NamedQueryId = "" } = await send(ctx).send(
      new athena.CreateNamedQueryCommand({
        Name: inputs.name,
        Database: inputs.database,
        Description: inputs.description,
        QueryString: inputs.query,
        WorkGroup: inputs.workgroup,
      }),
    );
    return NamedQueryId;
  },
  async read(ctx, NamedQueryId) {
    const { NamedQuery } = await send(ctx)
      .send(new athena.GetNamedQueryCommand({ NamedQueryId }))
      .catch((error: Error) => {
        if (error.name === "InvalidRequestException") return { NamedQuery: undefined };
        throw error;
      });
    if (!NamedQuery) return undefined;
    return {
      name: NamedQuery.Name,
      database: NamedQuery.Database,
      description: NamedQuery.Description || undefined,
      query: NamedQuery.QueryString,
      workgroup: NamedQuery.WorkGroup ?? "primary",
    };
  },
  async delete(ctx, NamedQueryId) {
    await send(ctx).send(new athena.DeleteNamedQueryCommand({ NamedQueryId }));
  },
});
