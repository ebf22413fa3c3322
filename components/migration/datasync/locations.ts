import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { z } from "zod";
import { serviceRole, type Statement } from "../../core/iam";
import type { Scope } from "../../core/scope";
import { reference, textInput, type Resolved, type Settings } from "../../core/settings";
import type { ArgumentCheck } from "../../core/validate";
import type { SecureBucket } from "../../storage/secure-bucket";

const folder = z.string().regex(/^\//, "a folder that begins with /");
const secretArn = textInput().describe("A secret of Secrets Manager: JSON with `username` and `password`.");
const domain = z.string().optional().describe("The Windows domain of the user.");
const host = z
  .string()
  .regex(/^[A-Za-z0-9][A-Za-z0-9.-]{0,254}$/, "a host name or address")
  .describe("Its name or address.");
const agentArns = z
  .array(textInput())
  .default([])
  .describe("ARNs of the DataSync agents that reach it, besides those that the transfer activates.");

/** What reaches a file server on premises. */
const server = { host, path: folder.describe("The folder or share."), agentArns };
/** What reaches a file system in a VPC. */
const inVpc = {
  securityGroupArns: z.array(textInput()).min(1).max(5).describe("Security groups of DataSync's network interfaces."),
  path: folder.default("/").describe("The folder."),
};
const fileSystem = { ...inVpc, fileSystemArn: textInput().describe("The file system.") };

export const locationSettings = z.discriminatedUnion("kind", [
  z.strictObject({
    kind: z.literal("s3"),
    bucket: reference<SecureBucket>("SecureBucket").describe("The bucket."),
    prefix: z
      .string()
      .regex(/^(?!\/).*\/$/, "a prefix that ends with / and does not begin with it")
      .optional()
      .describe("Where the files are; the whole bucket when unset."),
    storageClass: z
      .enum(["STANDARD", "STANDARD_IA", "INTELLIGENT_TIERING", "ONEZONE_IA", "GLACIER_INSTANT_RETRIEVAL"])
      .optional()
      .describe("Storage class of the files that are written."),
  }),
  z.strictObject({
    kind: z.literal("efs"),
    ...fileSystem,
    subnetArn: textInput().describe("The subnet of DataSync's network interfaces."),
    accessPointArn: textInput().optional().describe("An access point of the file system."),
  }),
  z.strictObject({
    kind: z.literal("nfs"),
    ...server,
    version: z
      .enum(["AUTOMATIC", "NFS3", "NFS4_0", "NFS4_1"])
      .default("AUTOMATIC")
      .describe("The version of the protocol."),
  }),
  z.strictObject({ kind: z.literal("smb"), ...server, secretArn, domain }),
  z.strictObject({
    kind: z.literal("objectStorage"),
    host,
    agentArns,
    bucketName: z.string().min(1).describe("The bucket."),
    prefix: z.string().optional().describe("Where the files are; the whole bucket when unset."),
    secretArn: textInput()
      .optional()
      .describe("A secret with the access key as `username` and the secret key as `password`; anonymous when unset."),
    port: z.int().min(1).max(65_535).default(443).describe("The port that takes HTTPS."),
    serverCertificate: textInput()
      .optional()
      .describe("PEM, where the server's certificate is not signed by a public authority."),
  }),
  z.strictObject({ kind: z.literal("fsxWindows"), ...fileSystem, secretArn, domain }),
  z.strictObject({ kind: z.literal("fsxLustre"), ...fileSystem }),
  z.strictObject({ kind: z.literal("fsxOpenZfs"), ...fileSystem }),
  z.strictObject({
    kind: z.literal("fsxOntapNfs"),
    ...inVpc,
    storageVirtualMachineArn: textInput().describe("The storage virtual machine."),
  }),
]);

/** One end of a transfer. */
export type TransferLocation = Settings<typeof locationSettings>;
type ResolvedLocation = Resolved<typeof locationSettings>;
type Location<K extends LocationKind> = Extract<ResolvedLocation, { readonly kind: K }>;
export type LocationKind = TransferLocation["kind"];

/** Checks that a share has an agent that reaches it. */
export function checkLocation(
  argument: string,
  location: ResolvedLocation,
  agents: number,
  check: ArgumentCheck,
): void {
  if (location.kind !== "nfs" && location.kind !== "smb") return;
  const allowed = `one at least, here or among agents: ${location.kind} shares are reached through an agent`;
  const isReached = agents + location.agentArns.length > 0;
  check.require(isReached, `${argument}.agentArns`, location.agentArns, allowed);
}

export interface LocationArgs {
  /** Reading is enough for a source, unless files come back. */
  readonly access: "read" | "readWrite";
  /** Agents that the transfer activates. */
  readonly agentArns: readonly pulumi.Input<string>[];
}

/** Makes the location, which is called like its scope, and returns its ARN. */
export function makeLocation(scope: Scope, location: ResolvedLocation, args: LocationArgs): pulumi.Output<string> {
  const { name } = scope;
  const options = scope.child();
  const agents = (own: readonly pulumi.Input<string>[]): pulumi.Input<string>[] => [...args.agentArns, ...own];
  switch (location.kind) {
    case "s3":
      return s3(scope, location, args);
    case "efs":
      return efs(scope, location, args);
    case "nfs":
      return new aws.datasync.NfsLocation(
        name,
        {
          serverHostname: location.host,
          subdirectory: location.path,
          onPremConfig: { agentArns: agents(location.agentArns) },
          mountOptions: { version: location.version },
        },
        options,
      ).arn;
    case "smb": {
      const { username, password } = credentials(scope, location.secretArn);
      return new aws.datasync.LocationSmb(
        name,
        {
          serverHostname: location.host,
          subdirectory: location.path,
          domain: location.domain,
          user: username,
          password,
          agentArns: agents(location.agentArns),
          mountOptions: { version: "AUTOMATIC" },
        },
        options,
      ).arn;
    }
    case "objectStorage": {
      const login = location.secretArn === undefined ? undefined : credentials(scope, location.secretArn);
      const agentArns = agents(location.agentArns);
      return new aws.datasync.LocationObjectStorage(
        name,
        {
          serverHostname: location.host,
          serverProtocol: "HTTPS",
          serverPort: location.port,
          serverCertificate: location.serverCertificate,
          bucketName: location.bucketName,
          subdirectory: location.prefix,
          accessKey: login?.username,
          secretKey: login?.password,
          ...(agentArns.length > 0 ? { agentArns } : {}),
        },
        options,
      ).arn;
    }
    default:
      return fsx(scope, location);
  }
}

function s3(scope: Scope, location: Location<"s3">, { access }: LocationArgs): pulumi.Output<string> {
  const { bucket, prefix = "" } = location;
  const read = { versions: true, tags: true };
  // https://docs.aws.amazon.com/datasync/latest/userguide/create-s3-location.html
  const statements: Statement[] = [
    ...(access === "read"
      ? bucket.grantRead(prefix, read)
      : [...bucket.grantReadWrite(prefix, { ...read, parts: true }), ...bucket.grantDelete(prefix)]),
    ...bucket.grantUploads(prefix),
  ];
  const description = `Lets DataSync ${access === "read" ? "read" : "read and write"} ${prefix || "the bucket"}`;
  const { roleArn, options } = accessRole(scope, description, statements);
  return new aws.datasync.S3Location(
    scope.name,
    {
      s3BucketArn: bucket.bucketArn,
      subdirectory: `/${prefix}`,
      s3StorageClass: location.storageClass,
      s3Config: { bucketAccessRoleArn: roleArn },
    },
    options,
  ).arn;
}

function efs(scope: Scope, location: Location<"efs">, { access }: LocationArgs): pulumi.Output<string> {
  const verbs = ["ClientMount", ...(access === "readWrite" ? ["ClientWrite"] : []), "ClientRootAccess"];
  const actions = verbs.map((verb) => `elasticfilesystem:${verb}`);
  const { roleArn, options } = accessRole(scope, "Lets DataSync mount a file system", [
    { actions, resources: [location.fileSystemArn] },
  ]);
  return new aws.datasync.EfsLocation(
    scope.name,
    {
      efsFileSystemArn: location.fileSystemArn,
      subdirectory: location.path,
      accessPointArn: location.accessPointArn,
      fileSystemAccessRoleArn: roleArn,
      inTransitEncryption: "TLS1_2",
      ec2Config: { subnetArn: location.subnetArn, securityGroupArns: [...location.securityGroupArns] },
    },
    options,
  ).arn;
}

/** Makes the role by which DataSync reaches a location. DataSync tries it when the location is made, which so waits for its rights. */
function accessRole(
  scope: Scope,
  description: string,
  statements: readonly Statement[],
): { readonly roleArn: pulumi.Output<string>; readonly options: pulumi.CustomResourceOptions } {
  const { role, policy } = serviceRole(scope, "role", {
    service: "datasync.amazonaws.com",
    description,
    sourceAccount: scope.aws.accountId,
    statements,
  });
  return { roleArn: role.arn, options: scope.child({ dependsOn: policy ? [policy] : [] }) };
}

function fsx(scope: Scope, location: Location<`fsx${string}` & LocationKind>): pulumi.Output<string> {
  const { name } = scope;
  const options = scope.child();
  const common = { subdirectory: location.path, securityGroupArns: [...location.securityGroupArns] };
  switch (location.kind) {
    case "fsxWindows": {
      const { username, password } = credentials(scope, location.secretArn);
      const args = { ...common, fsxFilesystemArn: location.fileSystemArn, domain: location.domain };
      return new aws.datasync.LocationFsxWindows(name, { ...args, user: username, password }, options).arn;
    }
    case "fsxLustre":
      return new aws.datasync.LocationFsxLustre(name, { ...common, fsxFilesystemArn: location.fileSystemArn }, options)
        .arn;
    case "fsxOpenZfs":
      return new aws.datasync.FsxOpenZfsFileSystem(
        name,
        {
          ...common,
          fsxFilesystemArn: location.fileSystemArn,
          protocol: { nfs: { mountOptions: { version: "AUTOMATIC" } } },
        },
        options,
      ).arn;
    case "fsxOntapNfs":
      return new aws.datasync.LocationFsxOntapFileSystem(
        name,
        {
          ...common,
          storageVirtualMachineArn: location.storageVirtualMachineArn,
          protocol: { nfs: { mountOptions: { version: "NFS3" } } },
        },
        options,
      ).arn;
  }
}

/**
 * DataSync's own resource takes a password only. It is read from the secret when the stack is deployed, and is in the stack's
 * state encrypted; a changed secret reaches DataSync with the next deployment.
 */
function credentials(
  scope: Scope,
  secretArn: pulumi.Input<string>,
): { readonly username: pulumi.Output<string>; readonly password: pulumi.Output<string> } {
  const options = scope.child();
  const secret = aws.secretsmanager.Secret.get(`${scope.name}-secret`, secretArn, undefined, options);
  const { secretString } = aws.secretsmanager.getSecretVersionOutput(
    { secretId: secret.id },
    { parent: options.parent },
  );
  const fields = pulumi.secret(
    secretString.apply((text) => JSON.parse(text) as { username: string; password: string }),
  );
  return {
    username: pulumi.unsecret(fields.apply(({ username }) => username)),
    password: fields.apply(({ password }) => password),
  };
}
