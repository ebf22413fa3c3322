import type * as aws from "@pulumi/aws";
import { z } from "zod";
import type { Resolved, Settings } from "../../core/settings";
import type { LocationKind } from "./locations";

const VERIFY = { transferred: "ONLY_FILES_TRANSFERRED", all: "POINT_IN_TIME_CONSISTENT", none: "NONE" } as const;

export const transferOptionSettings = z.strictObject({
  verify: z
    .enum(Object.keys(VERIFY) as (keyof typeof VERIFY)[])
    .default("transferred")
    .describe("What is compared after a run: the files that were transferred, everything on both sides, or nothing.")
    .meta({ safer: ["none", "transferred", "all"] }),
  transfer: z
    .enum(["changed", "all"])
    .default("changed")
    .describe("The files that are transferred: those that differ, or all of them."),
  overwrite: z.boolean().default(true).describe("Replaces files at the destination that differ."),
  deleted: z
    .enum(["keep", "remove"])
    .default("keep")
    .describe("What is done at the destination with files that the source does not have, or no longer has.")
    .meta({ safer: ["remove", "keep"] }),
  metadata: z
    .enum(["preserve", "discard"])
    .default("preserve")
    .describe("Owner, group, permissions, times and ACLs, as far as both sides have them."),
  bandwidthMiBps: z
    .int()
    .min(1)
    .max(1192)
    .optional()
    .describe("Limits the transfer, MiB a second. An agent transfers 10 Gbit/s. There is no limit when unset."),
  log: z.enum(["errors", "files"]).default("errors").describe("What the log says: errors, or also every file."),
});

export type TransferOptions = Settings<typeof transferOptionSettings>;

/** Kinds that have POSIX owners and permissions. S3 keeps what NFS clients gave it. */
const POSIX: readonly LocationKind[] = ["s3", "efs", "nfs", "fsxLustre", "fsxOpenZfs", "fsxOntapNfs"];
/** Kinds that have Windows' ACLs. */
const WINDOWS: readonly LocationKind[] = ["smb", "fsxWindows"];

/** Returns the options as DataSync takes them, for two kinds of locations. */
export function taskOptions(
  options: Resolved<typeof transferOptionSettings>,
  source: LocationKind,
  destination: LocationKind,
): aws.types.input.datasync.TaskOptions {
  const both = (kinds: readonly LocationKind[]): boolean => kinds.includes(source) && kinds.includes(destination);
  const keep = options.metadata === "preserve";
  const posix = keep && both(POSIX);
  return {
    verifyMode: VERIFY[options.verify],
    transferMode: options.transfer === "changed" ? "CHANGED" : "ALL",
    overwriteMode: options.overwrite ? "ALWAYS" : "NEVER",
    preserveDeletedFiles: options.deleted === "keep" ? "PRESERVE" : "REMOVE",
    preserveDevices: "NONE",
    // Without the time of change the next run could not tell what has changed.
    mtime: keep ? "PRESERVE" : "NONE",
    atime: keep ? "BEST_EFFORT" : "NONE",
    uid: posix ? "INT_VALUE" : "NONE",
    gid: posix ? "INT_VALUE" : "NONE",
    posixPermissions: posix ? "PRESERVE" : "NONE",
    // Reading the audit entries (SACL) takes rights that few accounts have.
    securityDescriptorCopyFlags: keep && both(WINDOWS) ? "OWNER_DACL" : "NONE",
    objectTags: keep ? "PRESERVE" : "NONE",
    bytesPerSecond: options.bandwidthMiBps === undefined ? -1 : options.bandwidthMiBps * 1024 ** 2,
    taskQueueing: "ENABLED",
    logLevel: options.log === "errors" ? "BASIC" : "TRANSFER",
  };
}
