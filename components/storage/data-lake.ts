import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import type { CompiledContract } from "../../contracts/compiled";
import type { EncryptionKey } from "../core/encryption-key";
import type { Statement } from "../core/iam";
import { PlatformComponent } from "../core/platform-component";
import type { Protection } from "../core/protection";
import { datasetExpiry, withDatasetExpiry } from "./secure-bucket/lifecycle";
import { SecureBucket, type SecureBucketArgs } from "./secure-bucket";

/** The zones every lake has. */
export const ZONES = ["raw", "processed", "curated", "quarantine", "query-results", "artifacts"] as const;
export type Zone = (typeof ZONES)[number];

/** What may differ from zone to zone; see `SecureBucketArgs`. */
export interface ZoneArgs extends Pick<
  SecureBucketArgs,
  | "retention"
  | "eventBridge"
  | "directEvents"
  | "cors"
  | "intelligentTiering"
  | "objectLock"
  | "replication"
  | "statements"
  | "transform"
> {
  /** A weekly inventory of the zone, kept in the artifacts zone under `inventory/`. The key must know `s3` as a user. */
  readonly inventory?: boolean;
}

export interface DataLakeArgs {
  readonly key: EncryptionKey;
  readonly protection?: Protection;
  /** What differs from the defaults, zone by zone. */
  readonly zones?: Partial<Readonly<Record<Zone, ZoneArgs>>>;
  /** Zones of your own, beside the six. */
  readonly extraZones?: Readonly<Record<string, ZoneArgs>>;
  /** Datasets whose retention, where their contracts name one, becomes rules of the raw, processed and curated zones. */
  readonly contracts?: readonly CompiledContract[];
  /** Days to keep access logs. */
  readonly accessLogRetentionDays?: number;
  /**
   * Who decides on access. `iam`: roles and bucket policies alone. `lakeFormation` and `hybrid` register processed and curated
   * with Lake Formation; `hybrid` lets IAM permissions count too.
   */
  readonly permissionModel?: "iam" | "lakeFormation" | "hybrid";
}

export const DATA_LAKE_DEFAULTS = {
  accessLogRetentionDays: 365,
  permissionModel: "iam" as const,
  zones: {
    raw: { retention: { infrequentAccessAfterDays: 30, archiveAfterDays: 90 }, eventBridge: true },
    processed: { retention: { infrequentAccessAfterDays: 90 } },
    curated: { retention: { infrequentAccessAfterDays: 90 } },
    quarantine: { retention: { infrequentAccessAfterDays: 90 } },
    "query-results": { retention: { expireAfterDays: 30, noncurrentExpireAfterDays: 1 } },
    artifacts: { retention: { expirePrefixAfterDays: { "runs/": 400 } } },
  } as Readonly<Record<Zone, ZoneArgs>>,
};

/**
 * The lake: one secure bucket a zone, their access logs in a bucket of their own, and EventBridge events from the raw zone.
 *
 * @example
 * const key = new EncryptionKey("lake", { description: "Data lake" });
 * const lake = new DataLake("lake", { key, zones: { raw: { retention: { expireAfterDays: 400 } } } });
 */
export class DataLake extends PlatformComponent {
  readonly zones: Readonly<Record<Zone, SecureBucket>>;
  readonly extraZones: Readonly<Record<string, SecureBucket>>;
  readonly accessLogs: SecureBucket;
  /** Zone → bucket name. */
  readonly bucketNames: pulumi.Output<Record<string, string>>;

  constructor(name: string, args: DataLakeArgs, opts: pulumi.ComponentResourceOptions = {}) {
    super("storage", "DataLake", name, opts);
    const expireAfterDays = args.accessLogRetentionDays ?? DATA_LAKE_DEFAULTS.accessLogRetentionDays;
    this.check.integer("accessLogRetentionDays", expireAfterDays, 1, 36500);
    for (const zone of Object.keys(args.extraZones ?? {})) {
      this.check.matches(
        "extraZones",
        zone,
        /^[a-z][a-z0-9-]{1,20}$/,
        "lower-case letters, digits and hyphens, 2 to 21",
      );
      this.check.require(
        !(ZONES as readonly string[]).includes(zone),
        "extraZones",
        zone,
        `a name other than ${ZONES.join(", ")}`,
      );
    }
    for (const zone of Object.keys(args.zones ?? {})) this.check.oneOf("zones", zone, ZONES as readonly string[]);
    const common = { key: args.key, protection: args.protection };
    const accessLogs = new SecureBucket(
      `${name}-access-logs`,
      { ...common, accessLogDestination: true, retention: { expireAfterDays } },
      this.mainChild(),
    );
    const ofDatasets = datasetExpiry(args.contracts ?? []);
    const zoneArgs = (zone: Zone): ZoneArgs => {
      const chosen = { ...DATA_LAKE_DEFAULTS.zones[zone], ...args.zones?.[zone] };
      return { ...chosen, retention: withDatasetExpiry(chosen.retention ?? {}, ofDatasets[zone]) };
    };
    this.check.require(
      !zoneArgs("artifacts").inventory,
      "zones.artifacts.inventory",
      true,
      "the other zones' inventories, which it holds",
    );
    const inventoried = [...ZONES.map(zoneArgs), ...Object.values(args.extraZones ?? {})].some(
      ({ inventory }) => inventory,
    );
    const bucket = (zone: string, { inventory, ...zoneArgs }: ZoneArgs, inventories?: SecureBucket): SecureBucket =>
      new SecureBucket(
        `${name}-${zone}`,
        {
          ...common,
          ...zoneArgs,
          accessLogs: { bucket: accessLogs, prefix: `${zone}/` },
          inventoryDestination: inventoried && zone === "artifacts",
          inventory: inventory && inventories ? { destination: inventories, prefix: `inventory/${zone}` } : undefined,
        },
        this.mainChild(),
      );
    this.accessLogs = accessLogs;
    const artifacts = bucket("artifacts", zoneArgs("artifacts"));
    this.zones = Object.fromEntries(
      ZONES.map((zone) => [zone, zone === "artifacts" ? artifacts : bucket(zone, zoneArgs(zone), artifacts)]),
    ) as Record<Zone, SecureBucket>;
    this.extraZones = Object.fromEntries(
      Object.entries(args.extraZones ?? {}).map(([zone, extra]) => [zone, bucket(zone, extra, artifacts)]),
    );
    this.bucketNames = pulumi.output(
      Object.fromEntries(
        Object.entries({ ...this.zones, ...this.extraZones }).map(([zone, one]) => [zone, one.bucketName]),
      ),
    );
    const model = args.permissionModel ?? DATA_LAKE_DEFAULTS.permissionModel;
    this.check.oneOf("permissionModel", model, ["iam", "lakeFormation", "hybrid"]);
    if (model !== "iam") {
      for (const zone of ["processed", "curated"] as const) {
        new aws.lakeformation.Resource(
          `${name}-${zone}-location`,
          { arn: this.zones[zone].bucketArn, useServiceLinkedRole: true, hybridAccessEnabled: model === "hybrid" },
          this.child(),
        );
      }
    }
    this.registerOutputs({ bucketNames: this.bucketNames });
  }

  /** What a role needs to read a zone, under a prefix. */
  grantRead(zone: Zone, prefix = ""): Statement[] {
    return this.zones[zone].grantRead(prefix);
  }

  /** What a role needs to write to a zone, under a prefix. */
  grantWrite(zone: Zone, prefix = ""): Statement[] {
    return this.zones[zone].grantWrite(prefix);
  }

  grantReadWrite(zone: Zone, prefix = ""): Statement[] {
    return this.zones[zone].grantReadWrite(prefix);
  }
}
