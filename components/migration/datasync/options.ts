import type * as aws from "@pulumi/aws";
import type { ArgumentCheck } from "../../core/validate";
import type { LocationKind } from "./locations";

export interface TransferOptions {
  /** What is compared after the transfer: what was moved, everything on both sides, or nothing. */
  readonly verify?: "transferred" | "all" | "none";
  /** What is looked at: what differs, or everything whatever is there. */
  readonly transfer?: "changed" | "all";
  /** Files that are there already and differ. */
  readonly overwrite?: boolean;
  /** What is done at the destination with files the source does not have (any more). */
  readonly deleted?: "keep" | "remove";
  /** Owner, group, permissions, times and ACLs, as far as both sides have them. */
  readonly metadata?: "preserve" | "discard";
  /** MiB a second at most, 1 to 1192: an agent moves 10 Gbit/s. Default: no limit. */
  readonly bandwidthMiBps?: number;
  /** What the log says: errors, or every file moved as well. */
  readonly log?: "errors" | "files";
}

export const TRANSFER_OPTIONS_DEFAULTS = {
  verify: "transferred" as const,
  transfer: "changed" as const,
  overwrite: true,
  deleted: "keep" as const,
  metadata: "preserve" as const,
  log: "errors" as const,
};

const VERIFY = { transferred: "ONLY_FILES_TRANSFERRED", all: "POINT_IN_TIME_CONSISTENT", none: "NONE" } as const;

/** Which kinds have POSIX owners and permissions, and which have Windows' ACLs. S3 keeps what NFS clients gave it. */
const POSIX: readonly LocationKind[] = ["s3", "efs", "nfs", "fsxLustre", "fsxOpenZfs", "fsxOntapNfs"];
const WINDOWS: readonly LocationKind[] = ["smb", "fsxWindows"];

export function checkOptions(options: TransferOptions, check: ArgumentCheck): void {
  check.oneOf("options.verify", options.verify, Object.keys(VERIFY) as (keyof typeof VERIFY)[]);
  check.oneOf("options.transfer", options.transfer, ["changed", "all"]);
  check.oneOf("options.deleted", options.deleted, ["keep", "remove"]);
  check.oneOf("options.metadata", options.metadata, ["preserve", "discard"]);
  check.oneOf("options.log", options.log, ["errors", "files"]);
  check.integer("options.bandwidthMiBps", options.bandwidthMiBps, 1, 1192);
  check.require(
    !(options.transfer === "all" && options.deleted === "remove"),
    "options.deleted",
    options.deleted,
    'keep, with transfer "all": DataSync only knows what is gone when it compares',
  );
}

/** The same as DataSync's options, for two kinds of locations. */
export function taskOptions(
  options: TransferOptions,
  source: LocationKind,
  destination: LocationKind,
): aws.types.input.datasync.TaskOptions {
  const settings = { ...TRANSFER_OPTIONS_DEFAULTS, ...options };
  const both = (kinds: readonly LocationKind[]): boolean => kinds.includes(source) && kinds.includes(destination);
  const keep = settings.metadata === "preserve";
  const posix = keep && both(POSIX);
  return {
    verifyMode: VERIFY[settings.verify],
    transferMode: settings.transfer === "changed" ? "CHANGED" : "ALL",
    overwriteMode: settings.overwrite ? "ALWAYS" : "NEVER",
    preserveDeletedFiles: settings.deleted === "keep" ? "PRESERVE" : "REMOVE",
    preserveDevices: "NONE",
    // Without the time of change nothing could tell next time what has changed.
    mtime: keep ? "PRESERVE" : "NONE",
    atime: keep ? "BEST_EFFORT" : "NONE",
    uid: posix ? "INT_VALUE" : "NONE",
    gid: posix ? "INT_VALUE" : "NONE",
    posixPermissions: posix ? "PRESERVE" : "NONE",
    // Reading the audit entries (SACL) takes rights that few accounts have.
    securityDescriptorCopyFlags: keep && both(WINDOWS) ? "OWNER_DACL" : "NONE",
    objectTags: keep ? "PRESERVE" : "NONE",
    bytesPerSecond: settings.bandwidthMiBps === undefined ? -1 : settings.bandwidthMiBps * 1024 ** 2,
    taskQueueing: "ENABLED",
    logLevel: settings.log === "errors" ? "BASIC" : "TRANSFER",
  };
}
