import * as rds from "@aws-sdk/client-rds";
import type { ClusterParameterGroupArgs, OptionGroupArgs, ParameterGroupArgs, SubnetGroupArgs } from "@pulumi/aws/rds";
import { define, type Context, type Handler, type Inputs } from "../../handler";
import { tagList } from "../../shape";
import { retagRds, send, tagsOf } from "./tags";

const lower = (name: string): string => name.toLowerCase();

export const subnetGroup = define<SubnetGroupArgs>({
  type: "aws:rds/subnetGroup:SubnetGroup",
  outputs: ["arn", "supportedNetworkTypes", "vpcId"],
  replaceOn: ["name", "namePrefix"],
  keeps: ["name"],
  defaults: { description: "Managed by Pulumi" },
  unordered: ["subnetIds"],
  autoname: { property: "name", prefix: "namePrefix", maxLength: 255, transform: lower },
  taggable: true,
  async create(ctx, inputs) {
    const DBSubnetGroupName = inputs.name ?? "";
    await send(ctx).send(
      new rds.CreateDBSubnetGroupCommand({
        DBSubnetGroupName,
        DBSubnetGroupDescription: inputs.description ?? "Managed by Pulumi",
        SubnetIds: inputs.subnetIds,
        Tags: tagList(inputs.tags),
      }),
    );
    return DBSubnetGroupName;
  },
  async read(ctx, DBSubnetGroupName) {
    const { DBSubnetGroups: [group] = [] } = await send(ctx).send(
      new rds.DescribeDBSubnetGroupsCommand({ DBSubnetGroupName }),
    );
    if (!group) return undefined;
    return {
      name: group.DBSubnetGroupName,
      arn: group.DBSubnetGroupArn,
      description: group.DBSubnetGroupDescription,
      subnetIds: group.Subnets?.map(({ SubnetIdentifier }) => SubnetIdentifier),
      vpcId: group.VpcId,
      supportedNetworkTypes: group.SupportedNetworkTypes ?? ["IPV4"],
      tags: await tagsOf(ctx, group.DBSubnetGroupArn),
    };
  },
  async update(ctx, DBSubnetGroupName, olds, news) {
    await send(ctx).send(
      new rds.ModifyDBSubnetGroupCommand({
        DBSubnetGroupName,
        DBSubnetGroupDescription: news.description ?? "Managed by Pulumi",
        SubnetIds: news.subnetIds,
      }),
    );
    await retagRds(ctx, String(olds.arn), olds, news);
  },
  async delete(ctx, DBSubnetGroupName) {
    await send(ctx).send(new rds.DeleteDBSubnetGroupCommand({ DBSubnetGroupName }));
  },
});

type Parameters = Inputs<ParameterGroupArgs>["parameters"];

/** AWS takes twenty parameters a request. */
const AT_ONCE = 20;

function batches<T>(list: readonly T[]): T[][] {
  const starts = Array.from({ length: Math.ceil(list.length / AT_ONCE) }, (_, index) => index * AT_ONCE);
  return starts.map((start) => list.slice(start, start + AT_ONCE));
}

const apiParameters = (parameters: Parameters): rds.Parameter[] =>
  (parameters ?? []).map(({ name, value, applyMethod }) => ({
    ParameterName: name,
    ParameterValue: value,
    ApplyMethod: (applyMethod ?? "immediate") as rds.ApplyMethod,
  }));

/** In the program's order, with the method only where the program says one. */
function fromParameters(held: rds.Parameter[] | undefined, known: Parameters): Parameters {
  const order = new Map((known ?? []).map((one, index) => [one.name, { one, index }]));
  const place = (name: string): number => order.get(name)?.index ?? order.size;
  return (held ?? [])
    .map(({ ParameterName = "", ParameterValue = "", ApplyMethod }) => {
      const said = order.get(ParameterName)?.one;
      const silent = said !== undefined && said.applyMethod === undefined;
      return { name: ParameterName, value: ParameterValue, ...(silent ? {} : { applyMethod: ApplyMethod }) };
    })
    .sort((one, other) => place(one.name) - place(other.name));
}

/** Parameters that were set and are not any more. */
const dropped = (olds: Parameters, news: Parameters): Parameters =>
  (olds ?? []).filter(({ name }) => !(news ?? []).some((one) => one.name === name));

/** What differs between the groups of instances and those of clusters: the names of their requests. */
interface GroupRequests {
  create(ctx: Context, name: string, family: string, description: string, tags: rds.Tag[]): Promise<unknown>;
  describe(ctx: Context, name: string): Promise<{ arn?: string; family?: string; description?: string } | undefined>;
  parameters(ctx: Context, name: string): Promise<rds.Parameter[] | undefined>;
  modify(ctx: Context, name: string, parameters: rds.Parameter[]): Promise<unknown>;
  reset(ctx: Context, name: string, parameters: rds.Parameter[]): Promise<unknown>;
  remove(ctx: Context, name: string): Promise<unknown>;
}

const ofInstances: GroupRequests = {
  create: (ctx, DBParameterGroupName, DBParameterGroupFamily, Description, Tags) =>
    send(ctx).send(
      new rds.CreateDBParameterGroupCommand({ DBParameterGroupName, DBParameterGroupFamily, Description, Tags }),
    ),
  async describe(ctx, DBParameterGroupName) {
    const { DBParameterGroups: [group] = [] } = await send(ctx).send(
      new rds.DescribeDBParameterGroupsCommand({ DBParameterGroupName }),
    );
    return (
      group && {
        arn: group.DBParameterGroupArn,
        family: group.DBParameterGroupFamily,
        description: group.Description,
      }
    );
  },
  async parameters(ctx, DBParameterGroupName) {
    const command = new rds.DescribeDBParametersCommand({ DBParameterGroupName, Source: "user" });
    return (await send(ctx).send(command)).Parameters;
  },
  modify: (ctx, DBParameterGroupName, Parameters) =>
    send(ctx).send(new rds.ModifyDBParameterGroupCommand({ DBParameterGroupName, Parameters })),
  reset: (ctx, DBParameterGroupName, Parameters) =>
    send(ctx).send(new rds.ResetDBParameterGroupCommand({ DBParameterGroupName, Parameters })),
  remove: (ctx, DBParameterGroupName) =>
    send(ctx).send(new rds.DeleteDBParameterGroupCommand({ DBParameterGroupName })),
};

const ofClusters: GroupRequests = {
  create: (ctx, DBClusterParameterGroupName, DBParameterGroupFamily, Description, Tags) =>
    send(ctx).send(
      new rds.CreateDBClusterParameterGroupCommand({
        DBClusterParameterGroupName,
        DBParameterGroupFamily,
        Description,
        Tags,
      }),
    ),
  async describe(ctx, DBClusterParameterGroupName) {
    const { DBClusterParameterGroups: [group] = [] } = await send(ctx).send(
      new rds.DescribeDBClusterParameterGroupsCommand({ DBClusterParameterGroupName }),
    );
    return (
      group && {
        arn: group.DBClusterParameterGroupArn,
        family: group.DBParameterGroupFamily,
        description: group.Description,
      }
    );
  },
  async parameters(ctx, DBClusterParameterGroupName) {
    const command = new rds.DescribeDBClusterParametersCommand({ DBClusterParameterGroupName, Source: "user" });
    return (await send(ctx).send(command)).Parameters;
  },
  modify: (ctx, DBClusterParameterGroupName, Parameters) =>
    send(ctx).send(new rds.ModifyDBClusterParameterGroupCommand({ DBClusterParameterGroupName, Parameters })),
  reset: (ctx, DBClusterParameterGroupName, Parameters) =>
    send(ctx).send(new rds.ResetDBClusterParameterGroupCommand({ DBClusterParameterGroupName, Parameters })),
  remove: (ctx, DBClusterParameterGroupName) =>
    send(ctx).send(new rds.DeleteDBClusterParameterGroupCommand({ DBClusterParameterGroupName })),
};

function parameters(type: string, requests: GroupRequests): Handler {
  return define<ParameterGroupArgs & ClusterParameterGroupArgs>({
    type,
    outputs: ["arn"],
    replaceOn: ["name", "namePrefix", "family", "description"],
    keeps: ["name"],
    defaults: { description: "Managed by Pulumi" },
    unordered: ["parameters"],
    settings: ["skipDestroy"],
    autoname: { property: "name", prefix: "namePrefix", maxLength: 255, transform: lower },
    taggable: true,
    async create(ctx, inputs, exists) {
      const name = inputs.name ?? "";
      await requests.create(ctx, name, inputs.family, inputs.description ?? "Managed by Pulumi", tagList(inputs.tags));
      exists(name);
      for (const batch of batches(apiParameters(inputs.parameters))) await requests.modify(ctx, name, batch);
      return name;
    },
    async read(ctx, name, known) {
      const group = await requests.describe(ctx, name);
      if (!group) return undefined;
      const set = fromParameters(await requests.parameters(ctx, name), known.parameters);
      return { name, ...group, parameters: set, tags: await tagsOf(ctx, group.arn) };
    },
    async update(ctx, name, olds, news) {
      const gone = apiParameters(dropped(olds.parameters, news.parameters));
      for (const batch of batches(gone)) await requests.reset(ctx, name, batch);
      for (const batch of batches(apiParameters(news.parameters))) await requests.modify(ctx, name, batch);
      await retagRds(ctx, String(olds.arn), olds, news);
    },
    async delete(ctx, name, { skipDestroy }) {
      if (!skipDestroy) await requests.remove(ctx, name);
    },
  });
}

export const parameterGroup = parameters("aws:rds/parameterGroup:ParameterGroup", ofInstances);
export const clusterParameterGroup = parameters("aws:rds/clusterParameterGroup:ClusterParameterGroup", ofClusters);

type Options = Inputs<OptionGroupArgs>["options"];

/** The request that puts options into a group, which no emulator understands: checked, the stack's state keeps them. */
function checkOptions(ctx: Context, OptionGroupName: string, options: Options, gone: readonly string[]): void {
  if ((options ?? []).length === 0 && gone.length === 0) return;
  ctx.record(
    rds.RDSClient,
    new rds.ModifyOptionGroupCommand({
      OptionGroupName,
      ApplyImmediately: true,
      OptionsToRemove: gone.length > 0 ? [...gone] : undefined,
      OptionsToInclude: (options ?? []).map((option) => ({
        OptionName: option.optionName,
        OptionVersion: option.version,
        Port: option.port,
        VpcSecurityGroupMemberships: option.vpcSecurityGroupMemberships,
        DBSecurityGroupMemberships: option.dbSecurityGroupMemberships,
        OptionSettings: option.optionSettings?.map(({ name, value }) => ({ Name: name, Value: value })),
      })),
    }),
  );
}

export const optionGroup = define<OptionGroupArgs>({
  type: "aws:rds/optionGroup:OptionGroup",
  outputs: ["arn"],
  replaceOn: ["name", "namePrefix", "engineName", "majorEngineVersion", "optionGroupDescription"],
  keeps: ["name"],
  defaults: { optionGroupDescription: "Managed by Pulumi" },
  unordered: ["options", "options.optionSettings", "options.vpcSecurityGroupMemberships"],
  settings: ["skipDestroy"],
  autoname: { property: "name", prefix: "namePrefix", maxLength: 255, transform: lower },
  taggable: true,
  async create(ctx, inputs) {
    const OptionGroupName = inputs.name ?? "";
    checkOptions(ctx, OptionGroupName, inputs.options, []);
    await send(ctx).send(
      new rds.CreateOptionGroupCommand({
        OptionGroupName,
        EngineName: inputs.engineName,
        MajorEngineVersion: inputs.majorEngineVersion,
        OptionGroupDescription: inputs.optionGroupDescription ?? "Managed by Pulumi",
        Tags: tagList(inputs.tags),
      }),
    );
    return OptionGroupName;
  },
  async read(ctx, OptionGroupName) {
    const { OptionGroupsList: [group] = [] } = await send(ctx).send(
      new rds.DescribeOptionGroupsCommand({ OptionGroupName }),
    );
    if (!group) return undefined;
    return {
      name: group.OptionGroupName,
      arn: group.OptionGroupArn,
      engineName: group.EngineName,
      majorEngineVersion: group.MajorEngineVersion,
      optionGroupDescription: group.OptionGroupDescription,
      tags: await tagsOf(ctx, group.OptionGroupArn),
    };
  },
  async update(ctx, name, olds, news) {
    const names = new Set((news.options ?? []).map(({ optionName }) => optionName));
    const gone = (olds.options ?? []).map(({ optionName }) => optionName).filter((one) => !names.has(one));
    checkOptions(ctx, name, news.options, gone);
    await retagRds(ctx, String(olds.arn), olds, news);
  },
  async delete(ctx, OptionGroupName, { skipDestroy }) {
    if (!skipDestroy) await send(ctx).send(new rds.DeleteOptionGroupCommand({ OptionGroupName }));
  },
});
