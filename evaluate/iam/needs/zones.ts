import type { ProgramPolicies } from "../program";
import { COMMANDS } from "./commands";
import { roleNeeds, type Need, type Reason } from "./need";

const MISSING = "https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetObject.html";

/** Where a function's requests on objects go: a zone of the lake and a prefix. */
export interface ZoneUse {
  readonly zone: "raw" | "processed" | "curated" | "quarantine" | "artifacts";
  readonly prefix: string;
  readonly calls: readonly string[];
  /** The source of the calls that copy. */
  readonly from?: Pick<ZoneUse, "zone" | "prefix">;
}

const COPIES = [
  ...["CopyObject", "CopyObject:version", "UploadPartCopy", "UploadPartCopy:version", "CreateMultipartUpload"],
  ...["CompleteMultipartUpload", "AbortMultipartUpload"],
];
const READS = ["GetObject"];
const use = (zone: ZoneUse["zone"], prefix: string, ...calls: readonly string[]): ZoneUse => ({ zone, prefix, calls });

/** Spark writes in parts, and removes what an attempt leaves behind; a copy of its own keeps the tags. */
const SPARK_WRITES = ["Upload", "PutObject", "DeleteObjects", "ListObjectsV2"];

/**
 * The zones and prefixes on which each function works. A test holds it against the functions' sources: every call on objects of a function's source is in its
 * row, and every call of the row is in the source.
 */
export const ZONE_USES: Readonly<Record<string, readonly ZoneUse[]>> = {
  "header-validator": [
    use("raw", "", "GetObject", "GetObject:version", "ListObjectVersions"),
    use("artifacts", "contracts/", ...READS),
  ],
  "run-coordinator": [
    use("artifacts", "contracts/", ...READS),
    use("artifacts", "runs/", ...READS, "PutObject"),
    use("artifacts", "markers/", ...READS, "PutObject"),
    use("processed", "", "HeadObject"),
    use("curated", "", "HeadObject"),
    use("quarantine", "rejected-rows/", "HeadObject"),
  ],
  "light-etl": [
    use("artifacts", "contracts/", ...READS),
    use("artifacts", "runs/", ...READS, "PutObject"),
    use("artifacts", "sources/", ...READS, "PutObject"),
    use("artifacts", "withdrawals/", ...READS, "GetObject:version"),
    use("raw", "", ...READS, "GetObject:version"),
    use("processed", "", ...READS, "ListObjectsV2", "Upload", "PutObject", "DeleteObjects"),
    use("curated", "", "ListObjectsV2", "Upload", "PutObject", "DeleteObjects"),
    use("quarantine", "rejected-rows/", "Upload", "PutObject", "DeleteObjects"),
  ],
  quarantine: [
    use("raw", "", "HeadObject", "HeadObject:version", "ListObjectVersions", "DeleteObject", "DeleteObject:version"),
    {
      ...use("quarantine", "files/", ...COPIES, "HeadObject", "PutObject"),
      from: { zone: "raw", prefix: "" },
    },
    use("artifacts", "sources/", ...READS, "PutObject"),
    use("artifacts", "withdrawals/", "PutObject"),
  ],
  sweep: [use("artifacts", "contracts/", ...READS)],
  "partition-registrar": [
    use("artifacts", "runs/", ...READS),
    use("processed", "", "ListObjectsV2"),
    use("curated", "", "ListObjectsV2"),
  ],
  spark: [
    use("artifacts", "contracts/", ...READS),
    use("artifacts", "runs/", ...READS, "PutObject"),
    use("artifacts", "sources/", ...READS, "PutObject"),
    use("artifacts", "markers/", ...READS),
    use("artifacts", "withdrawals/", ...READS, "GetObject:version"),
    use("raw", "", ...READS, "GetObject:version"),
    { ...use("processed", "", ...READS, ...SPARK_WRITES, "CopyObject"), from: { zone: "processed", prefix: "" } },
    { ...use("curated", "", ...READS, ...SPARK_WRITES, "CopyObject"), from: { zone: "processed", prefix: "" } },
    {
      ...use("quarantine", "rejected-rows/", "Upload", "PutObject", "DeleteObjects", "CopyObject"),
      from: { zone: "processed", prefix: "" },
    },
  ],
};

/** Returns the needs of a role on the zones of a lake, by the row of its code. The names of some of the lake's buckets tell which lake it is. */
export function zoneUses(
  program: ProgramPolicies,
  role: string,
  code: string,
  bucketNames: readonly string[],
  reason: Reason,
): Need[] {
  const lake = code in ZONE_USES ? lakeOf(bucketNames, program) : undefined;
  return lake ? (ZONE_USES[code] ?? []).flatMap((use) => zoneNeeds(program, role, use, lake, reason)) : [];
}

/** Returns the ARNs of the buckets of a lake, by default of all its zones. */
export const lakeBuckets = (
  program: ProgramPolicies,
  bucketNames: readonly string[],
  zones?: readonly string[],
): string[] =>
  [...(lakeOf(bucketNames, program) ?? [])].flatMap(([zone, arn]) => ((zones?.includes(zone) ?? true) ? [arn] : []));

/** Finds the bucket of each zone: those of the lake of the function's pipeline. */
function lakeOf(bucketNames: readonly string[], program: ProgramPolicies): ReadonlyMap<string, string> | undefined {
  const lakes = new Map<string, Map<string, string>>();
  for (const bucket of program.of("aws:s3/bucket:Bucket")) {
    const { name, state } = bucket;
    const [, lake, zone] = /^(.+)-(raw|processed|curated|quarantine|artifacts)-bucket$/.exec(name) ?? [];
    const isOfLake = program.ancestors(bucket).some(({ type }) => type === "dataplatform:storage:DataLake");
    if (!isOfLake || !lake || !zone) continue;
    lakes.set(lake, (lakes.get(lake) ?? new Map<string, string>()).set(zone, state.arn));
  }
  const known = new Set(bucketNames);
  const hasKnown = (zones: ReadonlyMap<string, string>): boolean =>
    [...zones.values()].some((arn) => known.has(arn.split(":::")[1] ?? ""));
  const all = [...lakes.values()];
  return all.find(hasKnown) ?? (all.length === 1 ? all[0] : undefined);
}

function zoneNeeds(
  program: ProgramPolicies,
  role: string,
  { zone, prefix, calls, from }: ZoneUse,
  lake: ReadonlyMap<string, string>,
  reason: Reason,
): Need[] {
  const bucket = lake.get(zone);
  if (bucket === undefined) return [];
  const objects = `${bucket}/${prefix}*`;
  const source = from && `${lake.get(from.zone)}/${from.prefix}*`;
  const needs = calls.flatMap((call): Need[] => {
    const command = COMMANDS[call];
    if (!command) return [];
    const target = command.on === "bucket" ? bucket : objects;
    return roleNeeds(
      program,
      role,
      [
        [command.actions, [target]],
        [command.from ?? [], source === undefined ? [] : [source]],
      ],
      reason,
      command.on === "bucket" ? { "s3:prefix": `${prefix}*` } : undefined,
    );
  });
  if (!calls.some((call) => /^(Get|Head)Object/.test(call))) return needs;
  const missing: Reason = {
    ...reason,
    why: `${reason.why}; S3 says of a missing object that it is missing only to roles that may list`,
    source: MISSING,
  };
  return [...needs, ...roleNeeds(program, role, [[["s3:ListBucket"], [bucket]]], missing)];
}
