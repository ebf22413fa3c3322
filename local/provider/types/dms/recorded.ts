import { createHash } from "node:crypto";
import * as dms from "@aws-sdk/client-database-migration-service";
import type {
  CertificateArgs,
  DataProviderArgs,
  EventSubscriptionArgs,
  InstanceProfileArgs,
  MigrationProjectArgs,
  ReplicationConfigArgs,
} from "@pulumi/aws/dms";
import { define, type Context, type Handler, type Inputs } from "../../handler";
import { toApi } from "../../shape";
import { tagged } from "./moto";
import { mappingProblems, settingsProblems } from "./task";

/** What moto lacks of DMS: requests are checked against the service's model, and the stack's state is the only record. */

const check = (ctx: Context, command: object): void => ctx.record(dms.DatabaseMigrationServiceClient, command);

interface Recorded<Args> extends Partial<Handler<Inputs<Args>>> {
  readonly type: string;
  /** The output that is the ARN. */
  readonly arn: string;
  /** The ARN's kind of resource, e.g. `es`. */
  readonly kind: string;
  /** What the service calls it by. */
  readonly name: (inputs: Inputs<Args>) => string;
  readonly made: (inputs: Inputs<Args>) => object;
  /** Absent: nothing changes in place. */
  readonly modified?: (arn: string, inputs: Inputs<Args>) => object;
}

function recorded<Args>({ arn, kind, name, made, modified, ...handler }: Recorded<Args>): Handler {
  const { type, outputs = [arn], replaceOn = [], update, ...rest } = handler;
  return define<Args>({
    type,
    outputs,
    replaceOn,
    taggable: true,
    ...rest,
    create(ctx, inputs) {
      check(ctx, made(inputs));
      // As DMS does: an id of its own, in capitals.
      const unique = createHash("sha256").update(name(inputs)).digest("hex").toUpperCase().slice(0, 26);
      const held = ctx.arn("dms", `${kind}:${kind === "es" ? name(inputs) : unique}`);
      return Promise.resolve({ id: kind === "es" || kind === "cert" ? name(inputs) : held, outs: { [arn]: held } });
    },
    read: (_ctx, _id, known) => Promise.resolve({ [arn]: known[arn] }),
    ...(modified || update
      ? {
          async update(ctx, id, olds, news, changed) {
            if (update) await update(ctx, id, olds, news, changed);
            if (modified) check(ctx, modified(String((olds as Record<string, unknown>)[arn]), news));
          },
        }
      : {}),
    delete: () => Promise.resolve(),
  });
}

export const certificate = recorded<CertificateArgs>({
  type: "aws:dms/certificate:Certificate",
  arn: "certificateArn",
  kind: "cert",
  replaceOn: ["certificateId", "certificatePem", "certificateWallet"],
  check({ certificatePem, certificateWallet }) {
    return (certificatePem === undefined) === (certificateWallet === undefined)
      ? [{ property: "certificatePem", reason: "either certificatePem or certificateWallet must be set" }]
      : [];
  },
  name: ({ certificateId }) => certificateId,
  made: (inputs) =>
    new dms.ImportCertificateCommand({
      CertificateIdentifier: inputs.certificateId,
      CertificatePem: inputs.certificatePem,
      CertificateWallet:
        inputs.certificateWallet === undefined ? undefined : Buffer.from(inputs.certificateWallet, "base64"),
      Tags: tagged(inputs.tags),
    }),
});

const subscriptionSettings = (inputs: Inputs<EventSubscriptionArgs>): dms.ModifyEventSubscriptionCommandInput => ({
  SubscriptionName: inputs.name,
  SnsTopicArn: inputs.snsTopicArn,
  SourceType: inputs.sourceType,
  EventCategories: inputs.eventCategories,
  Enabled: inputs.enabled ?? true,
});

/** https://docs.aws.amazon.com/dms/latest/userguide/CHAP_Events.html */
const EVENT_CATEGORIES: Readonly<Record<string, readonly string[]>> = {
  "replication-instance": [
    "configuration change",
    "creation",
    "deletion",
    "failover",
    "failure",
    "low storage",
    "maintenance",
  ],
  "replication-task": ["configuration change", "creation", "deletion", "failure", "state change"],
};

export const eventSubscription = recorded<EventSubscriptionArgs>({
  type: "aws:dms/eventSubscription:EventSubscription",
  arn: "arn",
  kind: "es",
  replaceOn: ["name", "sourceIds"],
  defaults: { enabled: true },
  keeps: ["name"],
  unordered: ["eventCategories", "sourceIds"],
  autoname: { property: "name", maxLength: 255 },
  check({ sourceType, eventCategories }) {
    const known = EVENT_CATEGORIES[sourceType];
    if (!known) {
      return [{ property: "sourceType", reason: `expected one of ${Object.keys(EVENT_CATEGORIES).join(", ")}` }];
    }
    const wrong = Array.isArray(eventCategories) ? eventCategories.filter((one) => !known.includes(one)) : [];
    return wrong.length === 0
      ? []
      : [
          {
            property: "eventCategories",
            reason: `${sourceType} has no ${wrong.join(", ")}; it has ${known.join(", ")}`,
          },
        ];
  },
  name: ({ name = "" }) => name,
  made: (inputs) =>
    new dms.CreateEventSubscriptionCommand({
      ...subscriptionSettings(inputs),
      SubscriptionName: inputs.name,
      SnsTopicArn: inputs.snsTopicArn,
      SourceIds: inputs.sourceIds,
      Tags: tagged(inputs.tags),
    }),
  modified: (_arn, inputs) => new dms.ModifyEventSubscriptionCommand(subscriptionSettings(inputs)),
});

const CONFIG_NAMES = { multiAz: "MultiAZ" };

const configSettings = (
  inputs: Inputs<ReplicationConfigArgs>,
): Omit<dms.ModifyReplicationConfigCommandInput, "ReplicationConfigArn"> => ({
  ReplicationConfigIdentifier: inputs.replicationConfigIdentifier,
  ReplicationType: inputs.replicationType as dms.MigrationTypeValue,
  TableMappings: inputs.tableMappings,
  ReplicationSettings: inputs.replicationSettings,
  SupplementalSettings: inputs.supplementalSettings,
  ComputeConfig: toApi(inputs.computeConfig, CONFIG_NAMES),
  SourceEndpointArn: inputs.sourceEndpointArn,
  TargetEndpointArn: inputs.targetEndpointArn,
});

export const replicationConfig = recorded<ReplicationConfigArgs>({
  type: "aws:dms/replicationConfig:ReplicationConfig",
  arn: "arn",
  kind: "replication-config",
  replaceOn: ["resourceIdentifier"],
  keeps: ["replicationSettings", "resourceIdentifier", "computeConfig.preferredMaintenanceWindow"],
  documents: ["replicationSettings", "supplementalSettings", "tableMappings"],
  unordered: ["computeConfig.vpcSecurityGroupIds"],
  check(inputs) {
    return [
      ...settingsProblems("replicationSettings", inputs.replicationSettings),
      ...mappingProblems(inputs.tableMappings),
    ];
  },
  name: (inputs) => inputs.replicationConfigIdentifier,
  made: (inputs) =>
    new dms.CreateReplicationConfigCommand({
      ...configSettings(inputs),
      ResourceIdentifier: inputs.resourceIdentifier,
      Tags: tagged(inputs.tags),
    } as dms.CreateReplicationConfigCommandInput),
  modified: (ReplicationConfigArn, inputs) =>
    new dms.ModifyReplicationConfigCommand({ ...configSettings(inputs), ReplicationConfigArn }),
  update(_ctx, id, olds, news, changed) {
    const others = [...changed].filter((name) => !["startReplication", "tags", "tagsAll"].includes(name));
    if (olds.startReplication && news.startReplication && others.length > 0) {
      throw new Error(
        `InvalidResourceStateFault: ${id} runs: set startReplication to false before ${others.join(", ")} change`,
      );
    }
    return Promise.resolve();
  },
});

const providerSettings = (inputs: Inputs<DataProviderArgs>): object => ({
  DataProviderName: inputs.name,
  Description: inputs.description,
  Engine: inputs.engine,
  Virtual: inputs.virtual,
  Settings: toApi<object>(inputs.settings, {
    mysqlSettings: "MySqlSettings",
    postgresqlSettings: "PostgreSqlSettings",
    ibmDb2ZosSettings: "IbmDb2zOsSettings",
  }),
});

export const dataProvider = recorded<DataProviderArgs>({
  type: "aws:dms/dataProvider:DataProvider",
  arn: "arn",
  kind: "data-provider",
  outputs: ["arn", "creationTime"],
  keeps: ["name"],
  autoname: { property: "name", maxLength: 255 },
  name: ({ name = "" }) => name,
  made: (inputs) =>
    new dms.CreateDataProviderCommand({
      ...providerSettings(inputs),
      Tags: tagged(inputs.tags),
    } as dms.CreateDataProviderCommandInput),
  modified: (DataProviderIdentifier, inputs) =>
    new dms.ModifyDataProviderCommand({
      ...providerSettings(inputs),
      DataProviderIdentifier,
    } as dms.ModifyDataProviderCommandInput),
});

const profileSettings = (inputs: Inputs<InstanceProfileArgs>): dms.CreateInstanceProfileCommandInput => ({
  InstanceProfileName: inputs.name,
  Description: inputs.description,
  AvailabilityZone: inputs.availabilityZone,
  KmsKeyArn: inputs.kmsKeyArn,
  NetworkType: inputs.networkType,
  PubliclyAccessible: inputs.publiclyAccessible,
  SubnetGroupIdentifier: inputs.subnetGroupIdentifier,
  VpcSecurityGroups: inputs.vpcSecurityGroupIds,
});

export const instanceProfile = recorded<InstanceProfileArgs>({
  type: "aws:dms/instanceProfile:InstanceProfile",
  arn: "arn",
  kind: "instance-profile",
  keeps: ["name", "availabilityZone", "kmsKeyArn", "networkType", "subnetGroupIdentifier", "vpcSecurityGroupIds"],
  defaults: { publiclyAccessible: true },
  unordered: ["vpcSecurityGroupIds"],
  autoname: { property: "name", maxLength: 255 },
  name: ({ name = "" }) => name,
  made: (inputs) => new dms.CreateInstanceProfileCommand({ ...profileSettings(inputs), Tags: tagged(inputs.tags) }),
  modified: (InstanceProfileIdentifier, inputs) =>
    new dms.ModifyInstanceProfileCommand({ ...profileSettings(inputs), InstanceProfileIdentifier }),
});

const projectSettings = (inputs: Inputs<MigrationProjectArgs>): object => ({
  MigrationProjectName: inputs.name,
  Description: inputs.description,
  InstanceProfileIdentifier: inputs.instanceProfileArn,
  TransformationRules: inputs.transformationRules,
  SourceDataProviderDescriptors: descriptors(inputs.sourceDataProviderDescriptors),
  TargetDataProviderDescriptors: descriptors(inputs.targetDataProviderDescriptors),
  SchemaConversionApplicationAttributes: toApi(inputs.schemaConversionApplicationAttributes),
});

const descriptors = (
  given: Inputs<MigrationProjectArgs>["sourceDataProviderDescriptors"],
): dms.DataProviderDescriptorDefinition[] =>
  given.map((one) => ({
    DataProviderIdentifier: one.dataProviderArn,
    SecretsManagerSecretId: one.secretsManagerSecretId,
    SecretsManagerAccessRoleArn: one.secretsManagerAccessRoleArn,
  }));

export const migrationProject = recorded<MigrationProjectArgs>({
  type: "aws:dms/migrationProject:MigrationProject",
  arn: "arn",
  kind: "migration-project",
  outputs: ["arn", "creationTime", "instanceProfileName"],
  keeps: ["name"],
  settings: ["timeouts"],
  autoname: { property: "name", maxLength: 255 },
  name: ({ name = "" }) => name,
  made: (inputs) =>
    new dms.CreateMigrationProjectCommand({
      ...projectSettings(inputs),
      Tags: tagged(inputs.tags),
    } as dms.CreateMigrationProjectCommandInput),
  modified: (MigrationProjectIdentifier, inputs) =>
    new dms.ModifyMigrationProjectCommand({
      ...projectSettings(inputs),
      MigrationProjectIdentifier,
    } as dms.ModifyMigrationProjectCommandInput),
});
