import { randomBytes } from "node:crypto";
import * as datasync from "@aws-sdk/client-datasync";
import type {
  AgentArgs,
  EfsLocationArgs,
  FsxOpenZfsFileSystemArgs,
  LocationFsxLustreArgs,
  LocationFsxOntapFileSystemArgs,
  LocationFsxWindowsArgs,
  LocationObjectStorageArgs,
  LocationSmbArgs,
  NfsLocationArgs,
  S3LocationArgs,
} from "@pulumi/aws/datasync";
import { define, type Context, type Handler, type Inputs } from "../../handler";
import { toApi } from "../../shape";

const moto = (ctx: Context): datasync.DataSyncClient => ctx.moto(datasync.DataSyncClient);
const tags = (given: unknown): { Key: string; Value: string }[] | undefined => {
  const entries = Object.entries((given ?? {}) as Record<string, string>);
  return entries.length > 0 ? entries.map(([Key, Value]) => ({ Key, Value })) : undefined;
};

/** What moto made; its account is its own. */
export const isHeldByMoto = (arn: string): boolean => arn.includes(":111222333444:");

/** A location that moto keeps. It tells nothing but its address. */
function kept<Args>(
  type: string,
  create: (inputs: Inputs<Args>) => datasync.CreateLocationS3Command | datasync.CreateLocationSmbCommand,
  describe: (LocationArn: string) => datasync.DescribeLocationS3Command | datasync.DescribeLocationSmbCommand,
  extra: Partial<Handler<Inputs<Args>>> = {},
): Handler {
  return define<Args>({
    type,
    outputs: ["arn", "uri"],
    replaceOn: [],
    taggable: true,
    ...extra,
    async create(ctx, inputs) {
      const { LocationArn } = await moto(ctx).send(create(inputs) as datasync.CreateLocationS3Command);
      return LocationArn ?? "";
    },
    async read(ctx, id) {
      const held = await moto(ctx)
        .send(describe(id) as datasync.DescribeLocationS3Command)
        .catch(gone);
      return held && { arn: held.LocationArn, uri: held.LocationUri };
    },
    async delete(ctx, LocationArn) {
      await moto(ctx).send(new datasync.DeleteLocationCommand({ LocationArn }));
    },
  });
}

/** moto says InvalidRequestException for what it does not have, as DataSync does. */
export function gone(error: Error): undefined {
  if (error.name === "InvalidRequestException") return undefined;
  throw error;
}

/** A location no emulator knows: its request is checked against the service's model, and it is in the stack's state only. */
function recorded<Args>(
  type: string,
  scheme: string,
  request: (inputs: Inputs<Args>) => object,
  outputs: readonly string[] = ["arn", "uri"],
): Handler {
  return define<Args>({
    type,
    outputs,
    replaceOn: [],
    taggable: true,
    create(ctx, inputs) {
      ctx.record(datasync.DataSyncClient, request(inputs));
      const id = ctx.arn("datasync", `location/loc-${randomBytes(9).toString("hex").slice(0, 17)}`);
      const { subdirectory = "/", serverHostname = "" } = inputs as Record<string, string | undefined>;
      return Promise.resolve({ id, outs: { arn: id, uri: `${scheme}://${serverHostname}${subdirectory}` } });
    },
    read: (_, id, known) => Promise.resolve({ arn: id, uri: known.uri }),
    delete: () => Promise.resolve(),
  });
}

export const s3Location = kept<S3LocationArgs>(
  "aws:datasync/s3Location:S3Location",
  (inputs) =>
    new datasync.CreateLocationS3Command({
      S3BucketArn: inputs.s3BucketArn,
      Subdirectory: inputs.subdirectory,
      S3StorageClass: inputs.s3StorageClass as datasync.S3StorageClass | undefined,
      S3Config: { BucketAccessRoleArn: inputs.s3Config.bucketAccessRoleArn },
      AgentArns: inputs.agentArns,
      Tags: tags(inputs.tags),
    }),
  (LocationArn) => new datasync.DescribeLocationS3Command({ LocationArn }),
  { keeps: ["s3StorageClass"] },
);

export const locationSmb = kept<LocationSmbArgs>(
  "aws:datasync/locationSmb:LocationSmb",
  (inputs) =>
    new datasync.CreateLocationSmbCommand({
      ServerHostname: inputs.serverHostname,
      Subdirectory: inputs.subdirectory,
      User: inputs.user,
      Password: inputs.password,
      Domain: inputs.domain,
      AgentArns: inputs.agentArns,
      MountOptions: toApi(inputs.mountOptions),
      Tags: tags(inputs.tags),
    }),
  (LocationArn) => new datasync.DescribeLocationSmbCommand({ LocationArn }),
  { keeps: ["domain", "mountOptions"] },
);

export const nfsLocation = recorded<NfsLocationArgs>(
  "aws:datasync/nfsLocation:NfsLocation",
  "nfs",
  (inputs) =>
    new datasync.CreateLocationNfsCommand({
      ServerHostname: inputs.serverHostname,
      Subdirectory: inputs.subdirectory,
      OnPremConfig: { AgentArns: inputs.onPremConfig.agentArns },
      MountOptions: toApi(inputs.mountOptions),
      Tags: tags(inputs.tags),
    }),
);

export const efsLocation = recorded<EfsLocationArgs>(
  "aws:datasync/efsLocation:EfsLocation",
  "efs",
  (inputs) =>
    new datasync.CreateLocationEfsCommand({
      EfsFilesystemArn: inputs.efsFileSystemArn,
      Subdirectory: inputs.subdirectory,
      AccessPointArn: inputs.accessPointArn,
      FileSystemAccessRoleArn: inputs.fileSystemAccessRoleArn,
      InTransitEncryption: inputs.inTransitEncryption as datasync.EfsInTransitEncryption | undefined,
      Ec2Config: {
        SubnetArn: inputs.ec2Config.subnetArn,
        SecurityGroupArns: inputs.ec2Config.securityGroupArns,
      },
      Tags: tags(inputs.tags),
    }),
);

export const locationObjectStorage = recorded<LocationObjectStorageArgs>(
  "aws:datasync/locationObjectStorage:LocationObjectStorage",
  "object-storage",
  (inputs) =>
    new datasync.CreateLocationObjectStorageCommand({
      ServerHostname: inputs.serverHostname,
      ServerPort: inputs.serverPort,
      ServerProtocol: inputs.serverProtocol as datasync.ObjectStorageServerProtocol | undefined,
      ServerCertificate: inputs.serverCertificate ? Buffer.from(inputs.serverCertificate) : undefined,
      BucketName: inputs.bucketName,
      Subdirectory: inputs.subdirectory,
      AccessKey: inputs.accessKey,
      SecretKey: inputs.secretKey,
      AgentArns: inputs.agentArns,
      Tags: tags(inputs.tags),
    }),
);

export const locationFsxWindows = recorded<LocationFsxWindowsArgs>(
  "aws:datasync/locationFsxWindows:LocationFsxWindows",
  "fsxw",
  (inputs) =>
    new datasync.CreateLocationFsxWindowsCommand({
      FsxFilesystemArn: inputs.fsxFilesystemArn,
      Subdirectory: inputs.subdirectory,
      SecurityGroupArns: inputs.securityGroupArns,
      User: inputs.user,
      Password: inputs.password,
      Domain: inputs.domain,
      Tags: tags(inputs.tags),
    }),
  ["arn", "uri", "creationTime"],
);

export const locationFsxLustre = recorded<LocationFsxLustreArgs>(
  "aws:datasync/locationFsxLustre:LocationFsxLustre",
  "fsxl",
  (inputs) =>
    new datasync.CreateLocationFsxLustreCommand({
      FsxFilesystemArn: inputs.fsxFilesystemArn,
      Subdirectory: inputs.subdirectory,
      SecurityGroupArns: inputs.securityGroupArns,
      Tags: tags(inputs.tags),
    }),
  ["arn", "uri", "creationTime"],
);

export const fsxOpenZfs = recorded<FsxOpenZfsFileSystemArgs>(
  "aws:datasync/fsxOpenZfsFileSystem:FsxOpenZfsFileSystem",
  "fsxz",
  (inputs) =>
    new datasync.CreateLocationFsxOpenZfsCommand({
      FsxFilesystemArn: inputs.fsxFilesystemArn,
      Subdirectory: inputs.subdirectory,
      SecurityGroupArns: inputs.securityGroupArns,
      Protocol: { NFS: { MountOptions: toApi(inputs.protocol.nfs.mountOptions) } },
      Tags: tags(inputs.tags),
    }),
  ["arn", "uri", "creationTime"],
);

export const locationFsxOntap = recorded<LocationFsxOntapFileSystemArgs>(
  "aws:datasync/locationFsxOntapFileSystem:LocationFsxOntapFileSystem",
  "fsxn",
  (inputs) =>
    new datasync.CreateLocationFsxOntapCommand({
      StorageVirtualMachineArn: inputs.storageVirtualMachineArn,
      Subdirectory: inputs.subdirectory,
      SecurityGroupArns: inputs.securityGroupArns,
      Protocol: { NFS: inputs.protocol.nfs && { MountOptions: toApi(inputs.protocol.nfs.mountOptions) } },
      Tags: tags(inputs.tags),
    }),
  ["arn", "uri", "creationTime", "fsxFilesystemArn"],
);

export const agent = define<AgentArgs>({
  type: "aws:datasync/agent:Agent",
  outputs: ["arn"],
  replaceOn: [],
  keeps: ["activationKey", "ipAddress", "name", "privateLinkEndpoint"],
  taggable: true,
  create(ctx, inputs) {
    ctx.record(
      datasync.DataSyncClient,
      new datasync.CreateAgentCommand({
        // An address is asked for its key over HTTP: nothing leaves this machine.
        ActivationKey: inputs.activationKey ?? "AAAAA-BBBBB-CCCCC-DDDDD-EEEEE",
        AgentName: inputs.name,
        VpcEndpointId: inputs.vpcEndpointId,
        SubnetArns: inputs.subnetArns,
        SecurityGroupArns: inputs.securityGroupArns,
        Tags: tags(inputs.tags),
      }),
    );
    const id = ctx.arn("datasync", `agent/agent-${randomBytes(9).toString("hex").slice(0, 17)}`);
    return Promise.resolve({ id, outs: { arn: id } });
  },
  read: (_, id) => Promise.resolve({ arn: id }),
  delete: () => Promise.resolve(),
});
