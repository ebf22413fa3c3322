import type { Made, Row } from "../generic/row";
import type { Props } from "../handler";

/** No emulator knows DataSync: its requests are checked, and the stack's state is the only record. */
const SERVICE = "DataSync";

const named =
  (kind: string, prefix: string, outputs: (inputs: Props) => Props = () => ({})) =>
  ({ ctx, inputs, hex }: Made): Props => {
    const arn = ctx.arn("datasync", `${kind}/${prefix}-${hex(17)}`);
    return { id: arn, arn, ...outputs(inputs) };
  };

interface Location extends Partial<Row> {
  readonly type: string;
  /** The operations' word for the kind, e.g. `Nfs`. */
  readonly kind: string;
  /** The beginning of its address, e.g. `nfs`. */
  readonly scheme: string;
}

/** Where files come from or go to. A location is made anew when it changes; only its tags change in place. */
function location({ type, kind, scheme, ...rest }: Location): Row {
  const address = ({ serverHostname = "", s3BucketArn = "", subdirectory = "/" }: Props): Props => ({
    uri: `${scheme}://${String(serverHostname)}${String(s3BucketArn).split(":").at(-1)}${String(subdirectory)}`,
  });
  return {
    type,
    service: SERVICE,
    create: `CreateLocation${kind}`,
    id: "LocationArn",
    delete: "DeleteLocation",
    recorded: named("location", "loc", address),
    // Everything that is no tag.
    replaceOn: "all",
    ...rest,
  };
}

export const DATASYNC: readonly Row[] = [
  {
    type: "aws:datasync/agent:Agent",
    service: SERVICE,
    create: "CreateAgent",
    id: "AgentArn",
    delete: "DeleteAgent",
    recorded: named("agent", "agent"),
    // An address is asked for its key over HTTP: nothing leaves this machine.
    sends: { activationKey: "AAAAA-BBBBB-CCCCC-DDDDD-EEEEE" },
    unsent: ["ipAddress", "privateLinkEndpoint"],
    replaceOn: "all",
    keeps: ["activationKey", "ipAddress", "name", "privateLinkEndpoint"],
  },
  location({
    type: "aws:datasync/efsLocation:EfsLocation",
    kind: "Efs",
    scheme: "efs",
  }),
  location({
    type: "aws:datasync/fsxOpenZfsFileSystem:FsxOpenZfsFileSystem",
    kind: "FsxOpenZfs",
    scheme: "fsxz",
  }),
  location({
    type: "aws:datasync/locationFsxLustre:LocationFsxLustre",
    kind: "FsxLustre",
    scheme: "fsxl",
  }),
  location({
    type: "aws:datasync/locationFsxOntapFileSystem:LocationFsxOntapFileSystem",
    kind: "FsxOntap",
    scheme: "fsxn",
  }),
  location({
    type: "aws:datasync/locationFsxWindows:LocationFsxWindows",
    kind: "FsxWindows",
    scheme: "fsxw",
  }),
  location({
    type: "aws:datasync/locationObjectStorage:LocationObjectStorage",
    kind: "ObjectStorage",
    scheme: "object-storage",
  }),
  location({
    type: "aws:datasync/locationSmb:LocationSmb",
    kind: "Smb",
    scheme: "smb",
    keeps: ["domain", "mountOptions"],
  }),
  location({
    type: "aws:datasync/nfsLocation:NfsLocation",
    kind: "Nfs",
    scheme: "nfs",
  }),
  location({
    type: "aws:datasync/s3Location:S3Location",
    kind: "S3",
    scheme: "s3",
    keeps: ["s3StorageClass"],
  }),
  {
    type: "aws:datasync/task:Task",
    service: SERVICE,
    create: "CreateTask",
    id: "TaskArn",
    names: {
      cloudwatchLogGroupArn: "CloudWatchLogGroupArn",
      "taskReportConfig.s3Destination": "Destination.S3",
      "taskReportConfig.s3ObjectVersioning": "ObjectVersionIds",
    },
    update: ["UpdateTask"],
    delete: "DeleteTask",
    recorded: named("task", "task"),
    prepare: (inputs) => ({ ...inputs, ...filters(inputs) }),
    replaceOn: ["sourceLocationArn", "destinationLocationArn", "taskMode"],
    keeps: ["name", "options", "taskMode"],
  },
];

/** A filter's kind is the only one there is where the program does not say it. */
const filters = (inputs: Props): Props =>
  Object.fromEntries(
    ["includes", "excludes"].flatMap((name) =>
      inputs[name] === undefined ? [] : [[name, { filterType: "SIMPLE_PATTERN", ...(inputs[name] as Props) }]],
    ),
  );
