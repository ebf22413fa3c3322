import * as logs from "@aws-sdk/client-cloudwatch-logs";
import type { LogGroupArgs, LogResourcePolicyArgs, LogStreamArgs } from "@pulumi/aws/cloudwatch";
import { define, type Context, type Inputs } from "../../handler";
import { documentText, retag } from "../../shape";

export const logGroup = define<LogGroupArgs>({
  type: "aws:cloudwatch/logGroup:LogGroup",
  outputs: ["arn"],
  replaceOn: ["name", "namePrefix", "logGroupClass"],
  defaults: { logGroupClass: "STANDARD", retentionInDays: 0 },
  keeps: ["name", "logGroupClass"],
  settings: ["skipDestroy"],
  autoname: { property: "name", prefix: "namePrefix", maxLength: 512 },
  taggable: true,
  async create(ctx, inputs, exists) {
    const client = ctx.client(logs.CloudWatchLogsClient);
    const logGroupName = inputs.name ?? "";
    await client.send(
      new logs.CreateLogGroupCommand({
        logGroupName,
        kmsKeyId: inputs.kmsKeyId,
        logGroupClass: inputs.logGroupClass as logs.LogGroupClass | undefined,
        tags: inputs.tags,
        deletionProtectionEnabled: inputs.deletionProtectionEnabled,
      }),
    );
    exists(logGroupName);
    if (inputs.retentionInDays) await retain(ctx, logGroupName, inputs.retentionInDays);
    return logGroupName;
  },
  async read(ctx, name) {
    const client = ctx.client(logs.CloudWatchLogsClient);
    for await (const page of logs.paginateDescribeLogGroups({ client }, { logGroupNamePrefix: name })) {
      const group = page.logGroups?.find(({ logGroupName }) => logGroupName === name);
      if (!group) continue;
      const arn = group.logGroupArn ?? group.arn?.replace(/:\*$/, "");
      const { tags } = await client.send(new logs.ListTagsForResourceCommand({ resourceArn: arn }));
      return {
        name,
        arn,
        kmsKeyId: group.kmsKeyId,
        retentionInDays: group.retentionInDays ?? 0,
        logGroupClass: group.logGroupClass ?? "STANDARD",
        tags: tags ?? {},
      };
    }
    return undefined;
  },
  async update(ctx, logGroupName, olds, news, changed) {
    const client = ctx.client(logs.CloudWatchLogsClient);
    if (changed.has("retentionInDays")) await retain(ctx, logGroupName, news.retentionInDays ?? 0);
    if (changed.has("kmsKeyId")) {
      if (news.kmsKeyId) await client.send(new logs.AssociateKmsKeyCommand({ logGroupName, kmsKeyId: news.kmsKeyId }));
      else await client.send(new logs.DisassociateKmsKeyCommand({ logGroupName }));
    }
    if (changed.has("deletionProtectionEnabled")) {
      const protectedNow = news.deletionProtectionEnabled === true;
      await client.send(
        new logs.PutLogGroupDeletionProtectionCommand({
          logGroupIdentifier: logGroupName,
          deletionProtectionEnabled: protectedNow,
        }),
      );
    }
    const resourceArn = String(olds.arn);
    await retag(
      olds,
      news,
      (tagKeys) => client.send(new logs.UntagResourceCommand({ resourceArn, tagKeys })),
      (tags) => client.send(new logs.TagResourceCommand({ resourceArn, tags })),
    );
  },
  async delete(ctx, logGroupName, { skipDestroy }) {
    if (!skipDestroy)
      await ctx.client(logs.CloudWatchLogsClient).send(new logs.DeleteLogGroupCommand({ logGroupName }));
  },
});

async function retain(ctx: Context, logGroupName: string, retentionInDays: number): Promise<void> {
  const client = ctx.client(logs.CloudWatchLogsClient);
  if (retentionInDays > 0) await client.send(new logs.PutRetentionPolicyCommand({ logGroupName, retentionInDays }));
  else await client.send(new logs.DeleteRetentionPolicyCommand({ logGroupName }));
}

export const logResourcePolicy = define<LogResourcePolicyArgs>({
  type: "aws:cloudwatch/logResourcePolicy:LogResourcePolicy",
  outputs: ["policyScope", "revisionId"],
  changing: ["revisionId"],
  replaceOn: ["policyName", "resourceArn"],
  documents: ["policyDocument"],
  async create(ctx, inputs) {
    await putPolicy(ctx, inputs);
    return inputs.policyName ?? inputs.resourceArn ?? "";
  },
  async read(ctx, id) {
    const client = ctx.client(logs.CloudWatchLogsClient);
    // An account has at most ten.
    const { resourcePolicies = [] } = await client.send(new logs.DescribeResourcePoliciesCommand({ limit: 50 }));
    const policy = resourcePolicies.find(({ policyName, resourceArn }) => policyName === id || resourceArn === id);
    return (
      policy && {
        policyName: policy.policyName,
        policyDocument: policy.policyDocument,
        resourceArn: policy.resourceArn,
        policyScope: policy.policyScope ?? "ACCOUNT",
        revisionId: policy.revisionId,
      }
    );
  },
  update: (ctx, _id, _olds, news) => putPolicy(ctx, news),
  async delete(ctx, _id, { policyName, resourceArn }) {
    await ctx.client(logs.CloudWatchLogsClient).send(new logs.DeleteResourcePolicyCommand({ policyName, resourceArn }));
  },
});

async function putPolicy(ctx: Context, inputs: Inputs<LogResourcePolicyArgs>): Promise<void> {
  const { policyName, resourceArn } = inputs;
  await ctx.client(logs.CloudWatchLogsClient).send(
    new logs.PutResourcePolicyCommand({
      policyName,
      resourceArn,
      policyDocument: documentText(inputs.policyDocument),
    }),
  );
}

/** `group:stream` */
const streamParts = (id: string): { readonly logGroupName: string; readonly logStreamName: string } => {
  const colon = id.lastIndexOf(":");
  return { logGroupName: id.slice(0, colon), logStreamName: id.slice(colon + 1) };
};

export const logStream = define<LogStreamArgs>({
  type: "aws:cloudwatch/logStream:LogStream",
  outputs: ["arn"],
  replaceOn: ["name", "logGroupName"],
  autoname: { property: "name", maxLength: 512 },
  async create(ctx, { logGroupName, name = "" }) {
    await ctx
      .client(logs.CloudWatchLogsClient)
      .send(new logs.CreateLogStreamCommand({ logGroupName, logStreamName: name }));
    return `${logGroupName}:${name}`;
  },
  async read(ctx, id) {
    const { logGroupName, logStreamName } = streamParts(id);
    const { logStreams = [] } = await ctx
      .client(logs.CloudWatchLogsClient)
      .send(new logs.DescribeLogStreamsCommand({ logGroupName, logStreamNamePrefix: logStreamName }));
    const held = logStreams.find((one) => one.logStreamName === logStreamName);
    return held && { logGroupName, name: logStreamName, arn: held.arn };
  },
  async delete(ctx, id) {
    await ctx.client(logs.CloudWatchLogsClient).send(new logs.DeleteLogStreamCommand(streamParts(id)));
  },
});
