import * as aws from "@pulumi/aws";
import type { Scope } from "../../core/scope";
import * as pulumi from "@pulumi/pulumi";
import { serviceRole, type Statement } from "../../core/iam";
import type { ArgumentCheck } from "../../core/validate";
import type { SecureBucket } from "../../storage/secure-bucket";

interface OnPremises {
  /** ARNs of the DataSync agents that reach it: `DataSyncTransfer` can activate them. */
  readonly agentArns?: readonly pulumi.Input<string>[];
}

interface InVpc {
  readonly fileSystemArn: pulumi.Input<string>;
  readonly securityGroupArns: readonly pulumi.Input<string>[];
  /** Folder, beginning with a slash. Default `/`. */
  readonly path?: string;
}

/** Who reads or writes, from a secret of Secrets Manager: JSON with `username` and `password`. */
interface Credentials {
  readonly secretArn: pulumi.Input<string>;
}

/** One end of a transfer. */
export type TransferLocation =
  | { readonly kind: "s3"; readonly bucket: SecureBucket; readonly prefix?: string; readonly storageClass?: S3Class }
  | (InVpc & {
      readonly kind: "efs";
      readonly subnetArn: pulumi.Input<string>;
      readonly accessPointArn?: pulumi.Input<string>;
    })
  | (OnPremises & { readonly kind: "nfs"; readonly host: string; readonly path: string; readonly version?: NfsVersion })
  | (OnPremises &
      Credentials & { readonly kind: "smb"; readonly host: string; readonly path: string; readonly domain?: string })
  | (OnPremises & {
      readonly kind: "objectStorage";
      readonly host: string;
      readonly bucketName: string;
      readonly prefix?: string;
      /** Access key as `username`, secret key as `password`. Default: anonymous. */
      readonly secretArn?: pulumi.Input<string>;
      /** Default 443. */
      readonly port?: number;
      /** PEM, where the server's certificate is not signed by a public authority. */
      readonly serverCertificate?: pulumi.Input<string>;
    })
  | (InVpc & Credentials & { readonly kind: "fsxWindows"; readonly domain?: string })
  | (InVpc & { readonly kind: "fsxLustre" })
  | (InVpc & { readonly kind: "fsxOpenZfs" })
  | (Omit<InVpc, "fileSystemArn"> & {
      readonly kind: "fsxOntapNfs";
      readonly storageVirtualMachineArn: pulumi.Input<string>;
    });

export type LocationKind = TransferLocation["kind"];
type S3Class = "STANDARD" | "STANDARD_IA" | "INTELLIGENT_TIERING" | "ONEZONE_IA" | "GLACIER_INSTANT_RETRIEVAL";
type NfsVersion = "AUTOMATIC" | "NFS3" | "NFS4_0" | "NFS4_1";

const KINDS: readonly LocationKind[] = [
  "s3",
  "efs",
  "nfs",
  "smb",
  "objectStorage",
  "fsxWindows",
  "fsxLustre",
  "fsxOpenZfs",
  "fsxOntapNfs",
];

export function checkLocation(
  argument: string,
  location: TransferLocation,
  agents: number,
  check: ArgumentCheck,
): void {
  check.oneOf(`${argument}.kind`, location.kind, KINDS);
  if ("path" in location) check.matches(`${argument}.path`, location.path, /^\//, "a folder that begins with /");
  if ("host" in location)
    check.matches(`${argument}.host`, location.host, /^[A-Za-z0-9][A-Za-z0-9.-]{0,254}$/, "a host name or address");
  if (location.kind === "nfs" || location.kind === "smb") {
    check.require(
      agents + (location.agentArns?.length ?? 0) > 0,
      `${argument}.agentArns`,
      location.agentArns,
      `one at least, here or among agents: ${location.kind} shares are reached through an agent`,
    );
  }
  if (location.kind === "objectStorage") check.integer(`${argument}.port`, location.port, 1, 65_535);
  if ("securityGroupArns" in location) {
    check.integer(`${argument}.securityGroupArns`, location.securityGroupArns.length, 1, 5);
  }
  if (location.kind === "s3") {
    check.matches(
      `${argument}.prefix`,
      location.prefix,
      /^(?!\/).*\/$/,
      "a prefix that ends with / and does not begin with it",
    );
  }
}

export interface LocationContext {
  readonly scope: Scope;
  readonly name: string;
  /** Reading is enough for a source, unless files come back. */
  readonly access: "read" | "readWrite";
  readonly agentArns: readonly pulumi.Input<string>[];
  readonly accountId: pulumi.Output<string>;
  readonly options: pulumi.CustomResourceOptions;
}

/** Makes the location; returns its ARN. */
export function makeLocation(location: TransferLocation, context: LocationContext): pulumi.Output<string> {
  const { name, options } = context;
  const agentArns = [...context.agentArns, ...("agentArns" in location ? (location.agentArns ?? []) : [])];
  switch (location.kind) {
    case "s3":
      return s3(location, context);
    case "efs":
      return efs(location, context);
    case "nfs":
      return new aws.datasync.NfsLocation(
        name,
        {
          serverHostname: location.host,
          subdirectory: location.path,
          onPremConfig: { agentArns },
          mountOptions: { version: location.version ?? "AUTOMATIC" },
        },
        options,
      ).arn;
    case "smb": {
      const { username, password } = credentials(location.secretArn, context);
      return new aws.datasync.LocationSmb(
        name,
        {
          serverHostname: location.host,
          subdirectory: location.path,
          domain: location.domain,
          user: username,
          password,
          agentArns,
          mountOptions: { version: "AUTOMATIC" },
        },
        options,
      ).arn;
    }
    case "objectStorage": {
      const login = location.secretArn === undefined ? undefined : credentials(location.secretArn, context);
      return new aws.datasync.LocationObjectStorage(
        name,
        {
          serverHostname: location.host,
          serverProtocol: "HTTPS",
          serverPort: location.port ?? 443,
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
      return fsx(location, context);
  }
}

function s3(
  location: Extract<TransferLocation, { kind: "s3" }>,
  { scope, name, access, accountId, options }: LocationContext,
): pulumi.Output<string> {
  const { bucket, prefix = "" } = location;
  const statements: Statement[] =
    access === "read"
      ? bucket.grantRead(prefix)
      : [
          ...bucket.grantReadWrite(prefix),
          ...bucket.grantDelete(prefix),
          {
            actions: ["s3:GetObjectTagging", "s3:PutObjectTagging"],
            resources: [pulumi.interpolate`${bucket.bucketArn}/${prefix}*`],
          },
        ];
  const { role, policy } = serviceRole(scope, "role", {
    service: "datasync.amazonaws.com",
    description: `Lets DataSync ${access === "read" ? "read" : "read and write"} ${prefix || "the bucket"}`,
    sourceAccount: accountId,
    statements,
  });
  return new aws.datasync.S3Location(
    name,
    {
      s3BucketArn: bucket.bucketArn,
      subdirectory: `/${prefix}`,
      s3StorageClass: location.storageClass,
      s3Config: { bucketAccessRoleArn: role.arn },
    },
    // DataSync tries the role when the location is made.
    { ...options, dependsOn: policy ? [policy] : [] },
  ).arn;
}

function efs(
  location: Extract<TransferLocation, { kind: "efs" }>,
  { scope, name, access, accountId, options }: LocationContext,
): pulumi.Output<string> {
  const { role, policy } = serviceRole(scope, "role", {
    service: "datasync.amazonaws.com",
    description: "Lets DataSync mount a file system",
    sourceAccount: accountId,
    statements: [
      {
        actions: [
          "elasticfilesystem:ClientMount",
          ...(access === "readWrite"
            ? ["elasticfilesystem:ClientWrite", "elasticfilesystem:ClientRootAccess"]
            : ["elasticfilesystem:ClientRootAccess"]),
        ],
        resources: [location.fileSystemArn],
      },
    ],
  });
  return new aws.datasync.EfsLocation(
    name,
    {
      efsFileSystemArn: location.fileSystemArn,
      subdirectory: location.path ?? "/",
      accessPointArn: location.accessPointArn,
      fileSystemAccessRoleArn: role.arn,
      inTransitEncryption: "TLS1_2",
      ec2Config: { subnetArn: location.subnetArn, securityGroupArns: [...location.securityGroupArns] },
    },
    { ...options, dependsOn: policy ? [policy] : [] },
  ).arn;
}

function fsx(
  location: Extract<TransferLocation, { kind: `fsx${string}` }>,
  context: LocationContext,
): pulumi.Output<string> {
  const { name, options } = context;
  const common = { subdirectory: location.path ?? "/", securityGroupArns: [...location.securityGroupArns] };
  switch (location.kind) {
    case "fsxWindows": {
      const { username, password } = credentials(location.secretArn, context);
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
  secretArn: pulumi.Input<string>,
  { name, options }: LocationContext,
): { readonly username: pulumi.Output<string>; readonly password: pulumi.Output<string> } {
  const secret = aws.secretsmanager.Secret.get(`${name}-secret`, secretArn, undefined, options);
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
